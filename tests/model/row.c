/* SPDX-License-Identifier: EUPL-1.2 */
/* What the programs do, step by step. A step is what is atomic: a transaction, a command of Redis. */
#include "tests/model/row.h"

#include <string.h>

struct row_bounds row_bounds;

bool row_is(enum row_mutant mutant)
{
    return row_bounds.mutant == mutant;
}

static bool has_end(unsigned state)
{
    return state == JOB_FINISHED || state == JOB_GONE;
}

unsigned row_locked(const struct row *row)
{
    unsigned locked = row->orphans;
    for (int w = 0; w < WORKERS; w++)
        if (row->workers[w].step == WORKER_CLAIMED || row->workers[w].step == WORKER_EFFECT)
            locked |= row->workers[w].has;
    return row_is(ROW_NO_LOCK) ? 0 : locked;
}

bool row_lane_is_locked(const struct row *row)
{
    return row_bounds.lane && row->lane.begun && !row_is(ROW_LANE_UNLOCKED);
}

/* Entries are a set, workers and rival dispatchers are alike: of states that differ only in that, one. */
static void sort_entries(struct row *row)
{
    uint8_t *at = (uint8_t *)row->entries;
    for (int i = 1; i < ENTRIES; i++)
        for (int j = i; j > 0 && at[j - 1] < at[j]; j--) {
            uint8_t other = at[j];
            at[j] = at[j - 1];
            at[j - 1] = other;
        }
}

static void normalize(struct row *row)
{
    struct row other = *row;
    uint8_t leaders[LEADERS];
    memcpy(leaders, row->leaders, sizeof leaders);
    unsigned first = leaders[0] * 8u + row_carried_by(row, 0);
    unsigned second = leaders[1] * 8u + row_carried_by(row, 1);
    if (second > first && row->faults & 1u << FAULT_STALE) {
        other.leaders[0] = row->leaders[1];
        other.leaders[1] = row->leaders[0];
        row_set_carried(&other, 0, row_carried_by(row, 1));
        row_set_carried(&other, 1, row_carried_by(row, 0));
        *row = other;
    }
    other.workers[0] = row->workers[1];
    other.workers[1] = row->workers[0];
    for (int i = 0; i < ENTRIES; i++)
        if (row->entries[i].owner == OWNER_WORKER || row->entries[i].owner == OWNER_WORKER + 1)
            other.entries[i].owner = OWNER_WORKER + OWNER_WORKER + 1 - row->entries[i].owner;
    other.redis.held = (unsigned)(row->redis.held >> 3 | row->redis.held << 3) & 63;
    sort_entries(row);
    sort_entries(&other);
    if (memcmp(&other, row, sizeof other) > 0)
        *row = other;
}

void row_step(struct explorer *explorer, const char *name, int fault, struct row *to)
{
    if (fault >= 0) {
        if (__builtin_popcount(to->faults) >= row_bounds.most_faults)
            return;
        to->faults |= 1u << fault;
    }
    normalize(to);
    explore_step(explorer, name, fault >= 0, to);
}

bool row_add_entry(struct row *row, int job, bool suspect, int owner)
{
    for (int i = 0; i < ENTRIES; i++)
        if (!row->entries[i].there) {
            row->entries[i].there = 1;
            row->entries[i].job = (unsigned)job & 3;
            row->entries[i].suspect = suspect;
            row->entries[i].owner = (unsigned)owner & 7;
            return true;
        }
    return false;
}

/* ------------------------------------------------------------------------------------------- PostgreSQL */

static void open_lane(struct row *row, int passed)
{
    int inserted = 0, first = 0;
    while (inserted < row_bounds.jobs && row->jobs[inserted].state != JOB_ABSENT)
        inserted++;
    while (first < inserted && has_end(row->jobs[first].state))
        first++;
    if (row_is(ROW_LANE_HOLE))
        first = row->lane.done == passed ? passed + 1 : row->lane.done;
    row->lane.done = (unsigned)first & 3;
    if (first < row_bounds.jobs && row->jobs[first].state == JOB_BLOCKED)
        row->jobs[first].state = JOB_READY;
}

void row_end_job(struct row *row, int job, enum job_state end)
{
    row->jobs[job].state = end & 7;
    if (row_bounds.lane && end != JOB_DEAD && !row_is(ROW_LANE_SHUT))
        open_lane(row, job);
}

void row_take_effect(struct row *row, int job)
{
    bool early = false;
    for (int i = 0; row_bounds.lane && i < job; i++)
        early = early || !has_end(row->jobs[i].state);
    row->jobs[job].effects = row->jobs[job].effects ? EFFECT_TWICE
                             : early                ? EFFECT_OUT_OF_ORDER
                                                    : 1;
}

void row_finish(struct row *row, unsigned jobs, int failed, enum job_state failure)
{
    for (int j = 0; j < row_bounds.jobs; j++) {
        if (!(jobs >> j & 1))
            continue;
        bool there = row->jobs[j].state == JOB_READY;
        if (j == failed && failure == JOB_WAITING)
            row->jobs[j].state = JOB_WAITING;
        else if (j == failed)
            row_end_job(row, j, failure);
        else {
            if (!row_is(ROW_EFFECT_FIRST))
                row_take_effect(row, j);
            if (there)
                row_end_job(row, j, JOB_FINISHED);
        }
    }
}

static void produce(struct explorer *explorer, const struct row *row)
{
    struct row to = *row;
    int next = 0;
    while (next < row_bounds.jobs && row->jobs[next].state != JOB_ABSENT)
        next++;
    if (next == row_bounds.jobs)
        return;
    if (!row_bounds.lane) {
        to.jobs[next].state = JOB_READY;
        row_step(explorer, "enqueue", -1, &to);
    } else if (!row->lane.begun) {
        to.lane.begun = 1;
        to.lane.blocked = next > row->lane.done;
        row_step(explorer, "enqueue begins", -1, &to);
    } else {
        to.jobs[next].state = row->lane.blocked ? JOB_BLOCKED : JOB_READY;
        to.lane.begun = to.lane.blocked = 0;
        row_step(explorer, "enqueue commits", -1, &to);
    }
}

/* What is due becomes ready; PostgreSQL notices a dead client; a person decides on a dead letter. */
static void pass_time(struct explorer *explorer, const struct row *row)
{
    for (int j = 0; j < row_bounds.jobs; j++) {
        struct row to = *row;
        if (row->jobs[j].state == JOB_WAITING) {
            to.jobs[j].state = JOB_READY;
            row_set_carried(&to, 0, row_carried_by(row, 0) & ~(1u << j));
            row_step(explorer, "promote", -1, &to);
        }
        if (row->jobs[j].state == JOB_DEAD && !row_lane_is_locked(row)) {
            to.jobs[j].state = row->lane.done == j ? JOB_READY : JOB_BLOCKED;
            row_step(explorer, "revive", -1, &to);
            to = *row;
            row_end_job(&to, j, JOB_GONE);
            row_step(explorer, "drop", -1, &to);
        }
    }
    if (row->orphans) {
        struct row to = *row;
        to.orphans = 0;
        row_step(explorer, "orphan ends", -1, &to);
        bool poison = row_bounds.poison && row->orphans & 1;
        if (row_lane_is_locked(row) || poison || row_is(ROW_EFFECT_FIRST))
            return;
        row_finish(&to, row->orphans, -1, JOB_GONE);
        row_step(explorer, "orphan commits", -1, &to);
    }
}

unsigned row_jobs_in(const struct row *row, enum job_state state)
{
    unsigned jobs = 0;
    for (int j = 0; j < row_bounds.jobs; j++)
        jobs |= (unsigned)(row->jobs[j].state == state) << j;
    return jobs;
}

unsigned row_carried_by(const struct row *row, int l)
{
    return row->carried >> 3 * l & 7u;
}

void row_set_carried(struct row *row, int l, unsigned jobs)
{
    row->carried = (uint8_t)((row->carried & ~(7u << 3 * l)) | (jobs & 7u) << 3 * l);
}

static void steps(struct explorer *explorer, const struct state *state)
{
    struct row row;
    memcpy(&row, state, sizeof row);
    produce(explorer, &row);
    pass_time(explorer, &row);
    row_lead(explorer, &row, 0);
    if (row.faults >> FAULT_STALE & 1)
        row_lead(explorer, &row, 1);
    for (int w = 0; w < WORKERS; w++)
        row_work(explorer, &row, w);
    if (__builtin_popcount(row.faults) < row_bounds.most_faults)
        row_faults(explorer, &row);
}

static struct state first(void)
{
    struct row row = {.redis = {.groups = 1, .marker = 1}};
    struct state state;
    memcpy(&state, &row, sizeof state);
    return state;
}

static const char *wrong(const struct state *state)
{
    struct row row;
    memcpy(&row, state, sizeof row);
    for (int j = 0; j < row_bounds.jobs; j++) {
        if (row.jobs[j].effects == EFFECT_TWICE)
            return "an effect twice";
        if (row.jobs[j].effects == EFFECT_OUT_OF_ORDER)
            return "an effect before those of the jobs before it";
        if (row.jobs[j].state == JOB_FINISHED && !row.jobs[j].effects)
            return "finished without its effect";
        if (row.jobs[j].state == JOB_GONE && row.jobs[j].effects)
            return "buried after its effect";
        if (row_bounds.poison && j > 0 && row.jobs[j].state == JOB_GONE)
            return "an innocent job is buried as poison";
    }
    return NULL;
}

static bool is_end(const struct state *state)
{
    struct row row;
    struct row end = {.redis = {.groups = 1, .marker = 1}};
    memcpy(&row, state, sizeof row);
    for (int j = 0; j < row_bounds.jobs; j++)
        if (!has_end(row.jobs[j].state))
            return false;
    memcpy(end.jobs, row.jobs, sizeof end.jobs);
    end.lane = row.lane;
    end.faults = row.faults;
    end.carried = row.carried;
    return memcmp(&end, &row, sizeof end) == 0;
}

static void print(const struct state *state, FILE *out)
{
    static const char states[] = "-rwb.Dx", owners[] = "n01+g";
    struct row row;
    memcpy(&row, state, sizeof row);
    for (int j = 0; j < row_bounds.jobs; j++)
        fprintf(out, "%c%d ", states[row.jobs[j].state], row.jobs[j].crash);
    fprintf(out, " lane %d%s ", row.lane.done, row.lane.begun ? "*" : "");
    for (int w = 0; w < WORKERS; w++)
        fprintf(out, " worker%d %d knows %x has %x", w, row.workers[w].step, row.workers[w].known,
                row.workers[w].has);
    for (int l = 0; l < LEADERS; l++)
        fprintf(out, " leader%d %d:%x carried %x", l, row.leaders[l].step, row.leaders[l].jobs,
                row_carried_by(&row, l));
    fprintf(out, " orphans %x redis %d%d ", row.orphans, row.redis.groups, row.redis.marker);
    for (int i = 0; i < ENTRIES; i++)
        if (row.entries[i].there)
            fprintf(out, " %d%c%s", row.entries[i].job, owners[row.entries[i].owner],
                    row.entries[i].suspect ? "!" : "");
    fprintf(out, "\n");
}

const struct protocol row_protocol = {"row", first, steps, wrong, is_end, print};
