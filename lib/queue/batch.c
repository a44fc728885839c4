/* SPDX-License-Identifier: EUPL-1.2 */
/* Claiming, running and ending the jobs of a transaction. */
#include "lib/queue/batch.h"

#include "lib/base/buf.h"
#include "lib/base/clock.h"
#include "lib/queue/claimed.h"
#include "lib/queue/failure.h"
#include "lib/queue/gen/queries.h"
#include "lib/queue/lease.h"

enum { TRIES = 5 };

/* What becomes of the jobs of a batch, in their order; failed jobs are in neither list. */
struct sorted {
    int64_t finished[JOBS_MAX], leased[JOBS_MAX];
    size_t finished_count, leased_count;
};

static bool same_text(const PGresult *rows, int row, enum queue_claim_column column)
{
    return strcmp(PQgetvalue(rows, row, column), PQgetvalue(rows, row - 1, column)) == 0;
}

/* Whether this row has the municipality and kind of the row before it: settings last until the
 * transaction ends. */
static bool same_context(const PGresult *rows, int row)
{
    return row > 0 && same_text(rows, row, QUEUE_CLAIM_TENANT)
           && same_text(rows, row, QUEUE_CLAIM_KIND);
}

/* The session waits as long as the guard, which acts first. */
static void begin_time(struct executor *executor, const struct job *job)
{
    guard_begin(executor->running->guard, job->timeout_ms);
    session_expect(executor->db, job->timeout_ms * (GUARD_SUPERVISOR / GUARD_TIMEOUT));
}

static enum job_end run_kind(struct claimed *claimed)
{
    if (claimed->kind->run)
        return claimed->kind->run(&claimed->work);
    struct plan effect = {.ctx = &claimed->work.ctx};
    enum job_end end = claimed->kind->plan(&claimed->work, &effect);
    if (end != JOB_DONE)
        return end;
    struct plan plan = work_plan(&claimed->work);
    plan_join(&plan, &effect);
    return work_run(&claimed->work, &plan);
}

/* Tells the breaker; a job that failed before and fails again is left out. */
static void note_end(struct executor *executor, const struct claimed *claimed, enum job_end end)
{
    if (end == JOB_DONE)
        executor_note(executor, claimed->kind, NULL);
    else if (end != JOB_UNAVAILABLE && claimed->job.attempt == 0)
        executor_note(executor, claimed->kind, failure_error(&claimed->work));
}

static enum job_end run_job(struct batch *batch, struct claimed *claimed, enum job_end end)
{
    if (end == JOB_DONE) {
        begin_time(batch->executor, &claimed->job);
        end = run_kind(claimed);
        guard_end(batch->executor->running->guard);
        batch->contexts = claimed->work.begun; /* only when it was really sent */
        note_end(batch->executor, claimed, end);
    }
    return end == JOB_DONE || end == JOB_UNAVAILABLE ? end : failure_store(&claimed->work, end);
}

/* Ends the jobs that are done, leases the jobs with an effect outside PostgreSQL, commits. */
static bool finish(struct executor *executor, struct plan *plan, const struct sorted *sorted,
                   const struct statement **ret_leased)
{
    *ret_leased = NULL;
    if (sorted->finished_count)
        sql_queue_finish(plan, (struct sql_queue_finish){.ids = plan_ids(plan, sorted->finished,
                                                                         sorted->finished_count)});
    if (sorted->leased_count)
        *ret_leased =
            sql_queue_lease(plan,
                            (struct sql_queue_lease){.ids = plan_ids(plan, sorted->leased,
                                                                     sorted->leased_count),
                                                     .holder = str_of(executor->consumer),
                                                     .ms = arena_int(plan->ctx->arena, LEASE_MS)});
    sql_queue_commit(plan);
    return session_run(executor->db, plan) == OK;
}

static int64_t number_at(const PGresult *rows, int row, enum queue_claim_column column)
{
    int64_t number = 0;
    str_to_int(str_of(PQgetvalue(rows, row, column)), &number);
    return number;
}

static void set_running(struct running *running, const PGresult *rows)
{
    int64_t ids[JOBS_MAX];
    int count = PQntuples(rows) < JOBS_MAX ? PQntuples(rows) : JOBS_MAX;
    for (int i = 0; i < count; i++)
        ids[i] = number_at(rows, i, QUEUE_CLAIM_ID);
    running_set(running, ids, count);
}

/* Counts the rows of a batch that is committed. A leased job has only waited: its call is
 * counted when it ends. */
static void count_rows(struct batch *batch, const PGresult *rows, const struct sorted *sorted)
{
    struct count *counted = batch->executor->count;
    int count = PQntuples(rows);
    int64_t share_us = count ? (clock_us() - batch->from_us) / count : 0;
    size_t finished = 0, leased = 0;
    for (int i = 0; i < count; i++) {
        const char *kind = PQgetvalue(rows, i, QUEUE_CLAIM_KIND);
        int64_t id = number_at(rows, i, QUEUE_CLAIM_ID);
        bool done = finished < sorted->finished_count && sorted->finished[finished] == id;
        bool calls = leased < sorted->leased_count && sorted->leased[leased] == id;
        finished += done;
        leased += calls;
        count_wait(counted, kind, number_at(rows, i, QUEUE_CLAIM_WAITED_US));
        if (!calls)
            count_end(counted, kind, done, share_us);
    }
}

/* Whether every one of these jobs only adds statements. */
static bool all_plan(const struct batch *batch, const PGresult *rows)
{
    for (int i = 0; i < PQntuples(rows); i++) {
        const struct job_kind *kind =
            kind_find(batch->executor->worker, PQgetvalue(rows, i, QUEUE_CLAIM_KIND));
        if (!kind || !kind->plan)
            return false;
    }
    return PQntuples(rows) <= JOBS_MAX;
}

/* All effects, their ends and the commit in one round trip, without savepoints. When one of them
 * fails, nothing was done, and the jobs are run one by one. */
static bool run_together(struct batch *batch, struct arena *arena, const PGresult *rows)
{
    struct executor *executor = batch->executor;
    struct ctx ctx = {.arena = arena};
    struct plan whole = {.ctx = &ctx};
    struct sorted sorted = {.finished_count = 0};
    const struct statement *leased;
    const struct job_kind *ran[JOBS_MAX] = {NULL}; /* by row: its handler was asked */
    const char *failed[JOBS_MAX] = {NULL};
    for (int i = 0; i < PQntuples(rows); i++) {
        struct claimed claimed;
        struct plan effect = {.ctx = &claimed.work.ctx};
        enum job_end end = claimed_read(executor, arena, rows, i, &claimed);
        begin_time(executor, &claimed.job);
        if (end == JOB_DONE) {
            ran[i] = claimed.kind;
            end = claimed.kind->plan(&claimed.work, &effect);
        }
        if (!same_context(rows, i))
            job_add_context(&whole, &claimed.job);
        if (end == JOB_DONE) {
            sorted.finished[sorted.finished_count++] = claimed.job.id;
            plan_join(&whole, &effect);
        } else {
            failed[i] = failure_error(&claimed.work);
            ran[i] = claimed.job.attempt == 0 ? ran[i] : NULL;
            failure_add(&whole, &claimed.work, end);
        }
    }
    guard_end(executor->running->guard);
    if (!finish(executor, &whole, &sorted, &leased)) {
        session_rollback(executor->db);
        return false;
    }
    for (int i = 0; i < PQntuples(rows); i++)
        executor_note(executor, ran[i], failed[i]);
    count_rows(batch, rows, &sorted);
    return true;
}

/* Runs the claimed rows one after the other. Returns false when nothing may be committed. */
static bool run_each(struct batch *batch, struct arena *arena, const PGresult *rows,
                     struct sorted *ret)
{
    batch->contexts = false;
    for (int i = 0; i < PQntuples(rows) && i < JOBS_MAX; i++) {
        struct claimed claimed;
        enum job_end end = claimed_read(batch->executor, arena, rows, i, &claimed);
        if (end == JOB_DONE && claimed.kind->call) {
            ret->leased[ret->leased_count++] = claimed.job.id;
            batch->contexts = false;
            continue;
        }
        claimed.work.in_context = batch->contexts && same_context(rows, i);
        end = run_job(batch, &claimed, end);
        if (end == JOB_UNAVAILABLE)
            return false;
        if (end == JOB_DONE)
            ret->finished[ret->finished_count++] = claimed.job.id;
    }
    return true;
}

/* Runs the claimed rows and commits, then makes the calls to other systems. Returns false when
 * nothing was committed. */
static bool run_rows(struct batch *batch, struct arena *arena, const PGresult *rows)
{
    struct executor *executor = batch->executor;
    struct ctx ctx = {.arena = arena};
    struct plan plan = {.ctx = &ctx};
    struct sorted *sorted = ARENA_NEW(arena, struct sorted);
    const struct statement *leased = NULL;
    set_running(executor->running, rows);
    bool committed =
        run_each(batch, arena, rows, sorted) && finish(executor, &plan, sorted, &leased);
    if (committed)
        count_rows(batch, rows, sorted);
    if (!committed)
        session_rollback(executor->db);
    else if (leased && !lease_run(executor, leased->result))
        session_rollback(executor->db); /* leased jobs come back when their leases end */
    running_set(executor->running, NULL, 0);
    return committed;
}

/* One try to run jobs. */
struct
try {
    struct batch *batch;
    struct arena *arena;
    bool together; /* in one round trip, when all jobs only add statements */
};

static bool run_claimed(const struct try *try, const PGresult *rows)
{
    if (try->together && all_plan(try->batch, rows))
        return run_together(try->batch, try->arena, rows);
    return run_rows(try->batch, try->arena, rows);
}

/* Returns false when nothing was committed; else *ret_ran says how many of these jobs it had
 * locked. */
static bool claim_and_run(const struct try *try, const int64_t *ids, int count, int *ret_ran)
{
    struct batch *batch = try->batch;
    struct ctx ctx = {.arena = try->arena};
    struct plan plan = {.ctx = &ctx};
    batch->from_us = clock_us();
    sql_queue_begin(&plan);
    const struct statement *claimed =
        sql_queue_claim(&plan,
                        (struct sql_queue_claim){.ids = plan_ids(&plan, ids, (size_t)count)});
    if (session_run(batch->executor->db, &plan) != OK) {
        session_rollback(batch->executor->db);
        return false;
    }
    *ret_ran = PQntuples(claimed->result);
    for (int i = 0; i < *ret_ran; i++)
        batch->lanes |= PQgetvalue(claimed->result, i, QUEUE_CLAIM_IN_LANE)[0] == 't';
    return run_claimed(try, claimed->result);
}

bool batch_find_ended(struct batch *batch, const int64_t *ids, int count, bool *done)
{
    struct arena *arena = arena_new();
    struct ctx ctx = {.arena = arena};
    struct plan plan = {.ctx = &ctx};
    const struct statement *waiting =
        sql_queue_still_waiting(&plan, (struct sql_queue_still_waiting){
                                           .ids = plan_ids(&plan, ids, (size_t)count)});
    bool there = session_run(batch->executor->db, &plan) == OK;
    for (int i = 0; there && i < count; i++) {
        done[i] = true;
        for (int r = 0; r < PQntuples(waiting->result); r++) {
            int64_t id = 0;
            if (str_to_int(str_of(PQgetvalue(waiting->result, r, QUEUE_STILL_WAITING_ID)), &id)
                && id == ids[i])
                done[i] = false;
        }
    }
    arena_free(arena);
    return there;
}

bool batch_run(struct batch *batch, const int64_t *ids, int count, bool *done)
{
    struct arena *arena = arena_new();
    struct try all = {batch, arena, true}, each = {batch, arena, false};
    int ran = 0;
    batch->lanes = false;
    bool there = claim_and_run(&all, ids, count, &ran);
    for (int i = 0; !there && i < TRIES && !running_must_hurry(batch->executor->running); i++) {
        there = true; /* one by one, so that one job does not hold up the others */
        for (int j = 0; j < count && there; j++)
            there = claim_and_run(&each, ids + j, 1, &ran);
    }
    executor_pause_failing(batch->executor);
    if (there && ran == count)
        for (int i = 0; i < count; i++)
            done[i] = true;
    else
        there = batch_find_ended(batch, ids, count, done) && there;
    arena_free(arena);
    return there;
}

/* "{match_vacancy,match_candidate}". */
static struct str print_kinds(const struct worker *worker, struct arena *arena)
{
    struct buf kinds = buf_in(arena);
    for (size_t i = 0; i < worker->kinds_count; i++)
        buf_print(&kinds, "%s%s", i ? "," : "{", worker->kinds[i].kind);
    buf_add_char(&kinds, '}');
    return buf_str(&kinds);
}

bool batch_take(struct batch *batch, int count, int *ret_taken)
{
    struct arena *arena = arena_new();
    struct ctx ctx = {.arena = arena};
    struct plan plan = {.ctx = &ctx};
    struct try try = {batch, arena, batch->together};
    batch->from_us = clock_us();
    sql_queue_begin(&plan);
    const struct statement *taken =
        sql_queue_take(&plan,
                       (struct sql_queue_take){.kinds = print_kinds(batch->executor->worker, arena),
                                               .count = arena_int(arena, count)});
    bool there = session_run(batch->executor->db, &plan) == OK;
    if (there)
        there = run_claimed(&try, taken->result);
    else
        session_rollback(batch->executor->db);
    if (there)
        *ret_taken = PQntuples(taken->result);
    batch->together = there; /* otherwise the next time one by one */
    executor_pause_failing(batch->executor);
    arena_free(arena);
    return there;
}

bool batch_first(struct batch *batch, int64_t *ret_job)
{
    struct arena *arena = arena_new();
    struct ctx ctx = {.arena = arena};
    struct plan plan = {.ctx = &ctx};
    const struct statement *taken =
        sql_queue_take(&plan,
                       (struct sql_queue_take){.kinds = print_kinds(batch->executor->worker, arena),
                                               .count = S("1")});
    bool there = session_run(batch->executor->db, &plan) == OK;
    if (there)
        *ret_job = PQntuples(taken->result) ? number_at(taken->result, 0, QUEUE_CLAIM_ID) : 0;
    arena_free(arena);
    return there;
}
