/* SPDX-License-Identifier: EUPL-1.2 */
/* Jobs in a transaction: claimed by row lock, run one after the other behind
 * savepoints, ended together. */
#include "lib/base/buf.h"
#include "lib/base/clock.h"
#include "lib/queue/child.h"
#include "lib/queue/count.h"
#include "lib/queue/gen/queries.h"

enum { TRIES = 5 };

/* Whether the row before is of the same municipality and kind: settings last as long
 * as the transaction. */
static bool same_context(const PGresult *rows, int row)
{
    return row > 0 && strcmp(PQgetvalue(rows, row, 1), PQgetvalue(rows, row - 1, 1)) == 0
           && strcmp(PQgetvalue(rows, row, 2), PQgetvalue(rows, row - 1, 2)) == 0;
}

/* The session waits for as long as the guard does, which acts first. */
static void begin_time(struct batch *batch, const struct job *job)
{
    guard_begin(batch->running->guard, job->timeout_ms);
    session_expect(batch->db, job->timeout_ms * (GUARD_SUPERVISOR / 10));
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

static enum job_end run_job(struct batch *batch, struct claimed *claimed, enum job_end end)
{
    if (end == JOB_DONE) {
        begin_time(batch, &claimed->job);
        end = run_kind(claimed);
        guard_end(batch->running->guard);
        batch->contexts = claimed->work.begun; /* only when it was really sent */
        if (end == JOB_DONE || (end != JOB_AWAY && claimed->job.attempt == 0))
            aside_note(batch, claimed->kind, end == JOB_DONE ? NULL : aside_error(&claimed->work));
    }
    return end == JOB_DONE || end == JOB_AWAY ? end : aside_put(&claimed->work, end);
}

/* Ends what is done, leases what has its effect outside, commits. */
static bool finish(struct batch *batch, struct plan *plan, const struct sorted *sorted,
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
                                                     .holder = str_of(batch->consumer),
                                                     .ms = arena_int(plan->ctx->arena, LEASE_MS)});
    sql_queue_commit(plan);
    return session_run(batch->db, plan) == OK;
}

static void running_set(struct running *running, const PGresult *rows)
{
    pthread_mutex_lock(&running->lock);
    running->count = 0;
    running->since_ms = clock_ms();
    for (int i = 0; rows && i < PQntuples(rows) && i < JOBS_MAX; i++)
        str_to_int(str_of(PQgetvalue(rows, i, 0)), &running->ids[running->count++]);
    pthread_mutex_unlock(&running->lock);
}

/* Whether every one of these jobs only adds statements. */
static bool all_plan(const struct batch *batch, const PGresult *rows)
{
    for (int i = 0; i < PQntuples(rows); i++) {
        const struct job_kind *kind = worker_kind(batch->worker, PQgetvalue(rows, i, 2));
        if (!kind || !kind->plan)
            return false;
    }
    return PQntuples(rows) <= JOBS_MAX;
}

/* All effects, their ends and the commit in one round trip, without savepoints: when one of them
 * fails, nothing was done, and they are run one by one. */
static int run_together(struct batch *batch, struct arena *arena, const PGresult *rows)
{
    struct ctx ctx = {.arena = arena};
    struct plan whole = {.ctx = &ctx};
    struct sorted sorted = {.finished_count = 0};
    const struct statement *leased;
    const struct job_kind *ran[JOBS_MAX] = {NULL}; /* by row: its handler was asked */
    const char *failed[JOBS_MAX] = {NULL};
    for (int i = 0; i < PQntuples(rows); i++) {
        struct claimed claimed;
        struct plan effect = {.ctx = &claimed.work.ctx};
        enum job_end end = claimed_read(batch, arena, rows, i, &claimed);
        begin_time(batch, &claimed.job);
        if (end == JOB_DONE) {
            ran[i] = claimed.kind;
            end = claimed.kind->plan(&claimed.work, &effect);
        }
        if (!same_context(rows, i))
            claimed_context(&whole, &claimed.job);
        if (end == JOB_DONE) {
            sorted.finished[sorted.finished_count++] = claimed.job.id;
            plan_join(&whole, &effect);
        } else {
            failed[i] = aside_error(&claimed.work);
            ran[i] = claimed.job.attempt == 0 ? ran[i] : NULL;
            aside_add(&whole, &claimed.work, end);
        }
    }
    guard_end(batch->running->guard);
    if (finish(batch, &whole, &sorted, &leased)) {
        for (int i = 0; i < PQntuples(rows); i++)
            aside_note(batch, ran[i], failed[i]);
        count_batch(batch, rows, &sorted);
        return PQntuples(rows);
    }
    session_rollback(batch->db);
    return -1;
}

/* Runs the claimed rows one after the other. False: nothing may be committed. */
static bool run_each(struct batch *batch, struct arena *arena, const PGresult *rows,
                     struct sorted *ret)
{
    batch->contexts = false;
    for (int i = 0; i < PQntuples(rows) && i < JOBS_MAX; i++) {
        struct claimed claimed;
        enum job_end end = claimed_read(batch, arena, rows, i, &claimed);
        if (end == JOB_DONE && claimed.kind->call) {
            ret->leased[ret->leased_count++] = claimed.job.id;
            batch->contexts = false;
            continue;
        }
        claimed.work.in_context = batch->contexts && same_context(rows, i);
        end = run_job(batch, &claimed, end);
        if (end == JOB_AWAY)
            return false;
        if (end == JOB_DONE)
            ret->finished[ret->finished_count++] = claimed.job.id;
    }
    return true;
}

/* Runs the claimed rows and commits, then makes the calls outside. Returns how many rows there were,
 * -1 when nothing was committed. */
static int run_rows(struct batch *batch, struct arena *arena, const PGresult *rows)
{
    struct ctx ctx = {.arena = arena};
    struct plan plan = {.ctx = &ctx};
    struct sorted *sorted = ARENA_NEW(arena, struct sorted);
    const struct statement *leased = NULL;
    running_set(batch->running, rows);
    bool committed = run_each(batch, arena, rows, sorted) && finish(batch, &plan, sorted, &leased);
    if (committed)
        count_batch(batch, rows, sorted);
    if (!committed)
        session_rollback(batch->db);
    else if (leased && !lease_run(batch, leased->result))
        session_rollback(batch->db); /* what is leased comes back when its lease runs out */
    running_set(batch->running, NULL);
    return committed ? PQntuples(rows) : -1;
}

/* Which of these jobs wait no more: done, put aside, buried, or with somebody else's end. */
static bool find_ended(struct batch *batch, struct arena *arena, const int64_t *ids, int count,
                       bool *done)
{
    struct ctx ctx = {.arena = arena};
    struct plan plan = {.ctx = &ctx};
    const struct statement *waiting =
        sql_queue_still_waiting(&plan, (struct sql_queue_still_waiting){
                                           .ids = plan_ids(&plan, ids, (size_t)count)});
    if (session_run(batch->db, &plan) != OK)
        return false;
    for (int i = 0; i < count; i++) {
        done[i] = true;
        for (int r = 0; r < PQntuples(waiting->result); r++) {
            int64_t id = 0;
            if (str_to_int(str_of(PQgetvalue(waiting->result, r, 0)), &id) && id == ids[i])
                done[i] = false;
        }
    }
    return true;
}

static int claim_and_run(struct batch *batch, struct arena *arena, const int64_t *ids, int count,
                         bool together)
{
    struct ctx ctx = {.arena = arena};
    struct plan plan = {.ctx = &ctx};
    batch->from_us = clock_us();
    sql_queue_begin(&plan);
    const struct statement *claimed =
        sql_queue_claim(&plan,
                        (struct sql_queue_claim){.ids = plan_ids(&plan, ids, (size_t)count)});
    if (session_run(batch->db, &plan) != OK) {
        session_rollback(batch->db);
        return -1;
    }
    for (int i = 0; i < PQntuples(claimed->result); i++)
        batch->lanes |= PQgetvalue(claimed->result, i, 6)[0] == 't';
    if (together && all_plan(batch, claimed->result))
        return run_together(batch, arena, claimed->result);
    return run_rows(batch, arena, claimed->result);
}

static bool is_hurried(const struct batch *batch)
{
    return *batch->running->stopping > 1;
}

bool batch_run(struct batch *batch, const int64_t *ids, int count, bool *done)
{
    struct arena *arena = arena_new();
    batch->lanes = false;
    int ran = claim_and_run(batch, arena, ids, count, true);
    for (int i = 0; ran < 0 && i < TRIES && !is_hurried(batch); i++) {
        ran = 0; /* one by one, so that one does not hold up the others */
        for (int j = 0; j < count && ran >= 0; j++)
            ran = claim_and_run(batch, arena, ids + j, 1, false);
    }
    aside_trip(batch);
    bool there = ran >= 0;
    if (ran == count) {
        for (int i = 0; i < count; i++)
            done[i] = true;
    } else {
        there = find_ended(batch, arena, ids, count, done) && there;
    }
    arena_free(arena);
    return there;
}

int batch_take(struct batch *batch, int count)
{
    struct arena *arena = arena_new();
    struct ctx ctx = {.arena = arena};
    struct plan plan = {.ctx = &ctx};
    struct buf kinds = buf_in(arena);
    for (size_t i = 0; i < batch->worker->kinds_count; i++)
        buf_print(&kinds, "%s%s", i ? "," : "{", batch->worker->kinds[i].kind);
    buf_add_char(&kinds, '}');
    batch->from_us = clock_us();
    sql_queue_begin(&plan);
    const struct statement *taken =
        sql_queue_take(&plan, (struct sql_queue_take){.kinds = buf_str(&kinds),
                                                      .count = arena_int(arena, count)});
    int ran = -1;
    if (session_run(batch->db, &plan) == OK)
        ran = all_plan(batch, taken->result) && batch->together
                  ? run_together(batch, arena, taken->result)
                  : run_rows(batch, arena, taken->result);
    else
        session_rollback(batch->db);
    batch->together = ran >= 0; /* else the next time one by one */
    aside_trip(batch);
    arena_free(arena);
    return ran;
}
