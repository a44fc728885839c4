/* SPDX-License-Identifier: EUPL-1.2 */
/* Leased jobs, step by step. Every function of queue.* is one transaction here. */
#include "tests/model/lease.h"

#include <string.h>

enum { JOBS = 3, CALLS = 2, WORKERS = 2 };

enum job_state {
    JOB_READY,
    JOB_LEASED,
    JOB_WAITING,
    JOB_BLOCKED,
    JOB_FINISHED,
    JOB_DEAD,
    JOB_UNCERTAIN
};

enum intent { INTENT_NONE, INTENT_BEGUN, INTENT_KNOWN };

/* what a worker does next; begin, call and record come once for each call */
enum next {
    NEXT_NOTHING,
    NEXT_BEGIN,
    NEXT_CALL,
    NEXT_RECORD,
    NEXT_FINISH = NEXT_BEGIN + 3 * CALLS
};

struct lease {
    struct {
        uint8_t state : 3;
        uint8_t holder : 2;   /* worker + 1: the worker with the highest fence */
        uint8_t business : 2; /* how often its business rows were written */
        uint8_t none : 1;
    } jobs[JOBS];
    struct {
        uint8_t intent : 2, made : 2, none : 4; /* made: how often the provider did it */
    } calls[JOBS][CALLS];
    struct {
        uint8_t job : 2, next : 4, none : 2;
    } workers[WORKERS];
    uint8_t early; /* business rows were written before those of the previous job */
    uint8_t none[4];
};
_Static_assert(sizeof(struct lease) == sizeof(struct state), "a lease fits a state");

struct lease_bounds lease_bounds;

static bool is(enum lease_mutant mutant)
{
    return lease_bounds.mutant == mutant;
}

static bool has_end(const struct lease *lease, int job)
{
    return lease->jobs[job].state == JOB_FINISHED || lease->jobs[job].state == JOB_UNCERTAIN;
}

static void end_job(struct lease *lease, int job, enum job_state end)
{
    lease->jobs[job].state = end & 7;
    lease->jobs[job].holder = 0;
    int first = 0;
    while (first < lease_bounds.jobs && has_end(lease, first))
        first++;
    if (first < lease_bounds.jobs && lease->jobs[first].state == JOB_BLOCKED)
        lease->jobs[first].state = JOB_READY;
    for (int c = 0; end == JOB_FINISHED && c < CALLS; c++)
        lease->calls[job][c].intent = INTENT_NONE;
}

static void write_business(struct lease *lease, int job)
{
    if (lease->jobs[job].business < 2)
        lease->jobs[job].business++;
    for (int i = 0; i < job; i++)
        if (!has_end(lease, i))
            lease->early = 1;
}

static void step(struct explorer *explorer, const char *name, bool fault, struct lease *to)
{
    for (int w = 0; w < WORKERS; w++)
        if (to->workers[w].next == NEXT_NOTHING)
            to->workers[w].job = 0;
    explore_step(explorer, name, fault, to);
}

/* A transaction of a worker: once with its answer, and once without its answer, after which the
 * worker gives the job up. */
static void transact(struct explorer *explorer, const char *name, struct lease *to, int w)
{
    struct lease lost = *to;
    step(explorer, name, false, to);
    lost.workers[w].next = NEXT_NOTHING;
    step(explorer, "answer lost", true, &lost);
}

static void begin(struct explorer *explorer, const struct lease *lease, int w, int call)
{
    struct lease to = *lease;
    int job = lease->workers[w].job;
    unsigned intent = lease->calls[job][call].intent;
    bool anew = intent == INTENT_NONE || is(LEASE_NO_INTENT)
                || (intent == INTENT_BEGUN && (lease_bounds.keys || is(LEASE_BEGUN_IS_NEW)));
    if (lease->jobs[job].state != JOB_LEASED || lease->jobs[job].holder != w + 1) {
        to.workers[w].next = NEXT_NOTHING;
        step(explorer, "lease is lost", false, &to);
    } else if (anew) {
        if (is(LEASE_CALL_FIRST))
            to.calls[job][call].made =
                lease->calls[job][call].made < 2 ? lease->calls[job][call].made + 1u : 2;
        else
            to.calls[job][call].intent = INTENT_BEGUN;
        to.workers[w].next++;
        transact(explorer, "effect_begin: new", &to, w);
    } else if (intent == INTENT_KNOWN) {
        to.workers[w].next = (unsigned)(lease->workers[w].next + 3) & 15;
        step(explorer, "effect_begin: known", false, &to);
    } else {
        to.workers[w].next = NEXT_NOTHING;
        end_job(&to, job, JOB_UNCERTAIN);
        step(explorer, "lease_uncertain", false, &to);
    }
}

/* The provider makes the call, or says that it did not. */
static void call_out(struct explorer *explorer, const struct lease *lease, int w, int call)
{
    struct lease to = *lease;
    int job = lease->workers[w].job;
    unsigned made = lease->calls[job][call].made, state = lease->jobs[job].state;
    to.workers[w].next++;
    if (is(LEASE_CALL_FIRST))
        to.calls[job][call].intent = INTENT_BEGUN;
    else if (!lease_bounds.keys || !made)
        to.calls[job][call].made = made < 2 ? (made + 1) & 3 : 2;
    step(explorer, "call", false, &to);
    to = *lease;
    to.workers[w].next = NEXT_NOTHING;
    if (state != JOB_LEASED || lease->jobs[job].holder != w + 1)
        step(explorer, "beat: lease is lost", false, &to);
    if (state != JOB_READY && state != JOB_LEASED)
        return;
    to.jobs[job].state = JOB_WAITING; /* a retry does not check the fence */
    to.jobs[job].holder = 0;
    step(explorer, "refused, retry", true, &to);
    end_job(&to, job, JOB_DEAD);
    step(explorer, "refused, dead", true, &to);
}

static void finish(struct explorer *explorer, const struct lease *lease, int w)
{
    struct lease to = *lease;
    int job = lease->workers[w].job;
    bool holds = lease->jobs[job].state == JOB_LEASED && lease->jobs[job].holder == w + 1;
    to.workers[w].next = NEXT_NOTHING;
    if (holds || is(LEASE_NO_FENCE)) {
        write_business(&to, job);
        end_job(&to, job, JOB_FINISHED);
    }
    step(explorer, holds ? "lease_finish" : "lease_finish: lost", false, &to);
}

static void work(struct explorer *explorer, const struct lease *lease, int w)
{
    struct lease to = *lease;
    int next = lease->workers[w].next, call = (next - NEXT_BEGIN) / 3;
    if (next == NEXT_NOTHING) {
        for (int j = 0; j < lease_bounds.jobs; j++) {
            if (lease->jobs[j].state != JOB_READY)
                continue;
            to = *lease;
            to.jobs[j].state = JOB_LEASED;
            to.jobs[j].holder = (unsigned)(w + 1) & 3;
            to.workers[w].job = (unsigned)j & 3;
            to.workers[w].next = NEXT_BEGIN;
            transact(explorer, "lease", &to, w);
        }
        return;
    }
    to.workers[w].next = NEXT_NOTHING;
    step(explorer, "kill", true, &to);
    if (next == NEXT_FINISH) {
        finish(explorer, lease, w);
    } else if ((next - NEXT_BEGIN) % 3 == 0) {
        begin(explorer, lease, w, call);
    } else if ((next - NEXT_CALL) % 3 == 0) {
        call_out(explorer, lease, w, call);
    } else {
        to = *lease;
        if (lease->calls[lease->workers[w].job][call].intent == INTENT_BEGUN)
            to.calls[lease->workers[w].job][call].intent = INTENT_KNOWN;
        to.workers[w].next++;
        transact(explorer, "effect_done", &to, w);
    }
}

static void steps(struct explorer *explorer, const struct state *state)
{
    struct lease lease;
    memcpy(&lease, state, sizeof lease);
    for (int j = 0; j < lease_bounds.jobs; j++) {
        struct lease to = lease;
        if (lease.jobs[j].state == JOB_LEASED || lease.jobs[j].state == JOB_WAITING) {
            to.jobs[j].state = JOB_READY;
            to.jobs[j].holder = 0;
            step(explorer, "promote", false, &to);
        }
        if (lease.jobs[j].state == JOB_DEAD) {
            to.jobs[j].state = JOB_READY;
            if (is(LEASE_REVIVE_FORGETS))
                for (int c = 0; c < CALLS; c++)
                    to.calls[j][c].intent = INTENT_NONE;
            step(explorer, "revive", false, &to);
        }
    }
    for (int w = 0; w < WORKERS; w++)
        work(explorer, &lease, w);
}

static struct state first(void)
{
    struct lease lease = {0};
    struct state state;
    for (int j = 1; j < lease_bounds.jobs; j++)
        lease.jobs[j].state = JOB_BLOCKED;
    memcpy(&state, &lease, sizeof state);
    return state;
}

static const char *wrong(const struct state *state)
{
    struct lease lease;
    memcpy(&lease, state, sizeof lease);
    for (int j = 0; j < lease_bounds.jobs; j++) {
        bool finished = lease.jobs[j].state == JOB_FINISHED;
        if (lease.jobs[j].business > 1)
            return "business rows twice";
        if (finished != (lease.jobs[j].business == 1))
            return "business rows without an end, or an end without them";
        if (lease_bounds.keys && lease.jobs[j].state == JOB_UNCERTAIN)
            return "uncertain although it can be repeated";
        for (int c = 0; c < CALLS; c++) {
            if (lease.calls[j][c].made > 1)
                return "a call twice";
            if (finished && !lease.calls[j][c].made)
                return "finished without its call";
        }
    }
    return lease.early ? "business rows before those of the job before" : NULL;
}

static bool is_end(const struct state *state)
{
    struct lease lease;
    memcpy(&lease, state, sizeof lease);
    for (int j = 0; j < lease_bounds.jobs; j++)
        if (!has_end(&lease, j))
            return false;
    return lease.workers[0].next == NEXT_NOTHING && lease.workers[1].next == NEXT_NOTHING;
}

static void print(const struct state *state, FILE *out)
{
    struct lease lease;
    memcpy(&lease, state, sizeof lease);
    for (int j = 0; j < lease_bounds.jobs; j++)
        fprintf(out, "%c holder %d calls %d%d %d%d  ", "rxwb.Du"[lease.jobs[j].state],
                lease.jobs[j].holder, lease.calls[j][0].intent, lease.calls[j][0].made,
                lease.calls[j][1].intent, lease.calls[j][1].made);
    for (int w = 0; w < WORKERS; w++)
        fprintf(out, " worker%d job %d next %d", w, lease.workers[w].job, lease.workers[w].next);
    fprintf(out, "\n");
}

const struct protocol lease_protocol = {"lease", first, steps, wrong, is_end, print};
