/* SPDX-License-Identifier: EUPL-1.2 */
/* Jobs in a transaction: claimed by row lock, run one after the other behind
 * savepoints, ended together. */
#include "lib/base/buf.h"
#include "lib/json/parse.h"
#include "lib/queue/child.h"
#include "lib/queue/gen/queries.h"

enum { TRIES = 5, JOBS_MAX = 256 };

static void add_context(struct plan *plan, const struct job *job)
{
    sql_queue_context(plan,
                      (struct sql_queue_context){.tenant = arena_int(plan->ctx->arena, job->tenant),
                                                 .kind = str_of(job->kind)});
}

struct plan work_plan(struct work *work)
{
    struct plan plan = {.ctx = &work->ctx};
    if (!work->begun && !work->in_context)
        add_context(&plan, work->job);
    if (!work->begun)
        sql_queue_savepoint(&plan);
    work->begun = true;
    return plan;
}

/* Refusals that say: the transaction must be run again. */
static bool is_transient(const char *sqlstate)
{
    static const char *const states[] = {"40001", "40P01", "55P03", "57014", "25P02"};
    for (size_t i = 0; i < sizeof states / sizeof *states; i++)
        if (strcmp(sqlstate, states[i]) == 0)
            return true;
    return strncmp(sqlstate, "57P", 3) == 0 || strncmp(sqlstate, "08", 2) == 0;
}

enum job_end work_run(struct work *work, struct plan *plan)
{
    enum err err = session_run(work->db, plan);
    if (!err)
        return JOB_DONE;
    if (err == ERR_UNAVAILABLE || is_transient(session_sqlstate(work->db)))
        return JOB_AWAY;
    work->error = arena_print(work->ctx.arena, "sqlstate %s", session_sqlstate(work->db)).at;
    return JOB_RETRY;
}

struct str job_text(const struct job *job, const char *name)
{
    const cJSON *item = cJSON_GetObjectItemCaseSensitive(job->payload, name);
    return cJSON_IsString(item) ? str_of(item->valuestring) : (struct str){0};
}

static const struct job_kind *kind_of(const struct worker *worker, const char *kind)
{
    for (size_t i = 0; i < worker->kinds_count; i++)
        if (strcmp(worker->kinds[i].kind, kind) == 0)
            return &worker->kinds[i];
    return NULL;
}

/* A failed job waits for its next attempt, or is buried. */
static void add_aside(struct plan *plan, const struct work *work, enum job_end end)
{
    struct str id = arena_int(plan->ctx->arena, work->job->id);
    struct str error = str_of(work->error ? work->error : "failed");
    if (end == JOB_PERMANENT)
        sql_queue_kill(plan,
                       (struct sql_queue_kill){.id = id, .reason = S("permanent"), .error = error});
    else
        sql_queue_retry(plan,
                        (struct sql_queue_retry){.id = id, .error = error, .free = S("false")});
}

/* The same, behind its savepoint. */
static enum job_end put_aside(struct work *work, enum job_end end)
{
    struct plan plan = work_plan(work);
    sql_queue_rollback_job(&plan);
    add_aside(&plan, work, end);
    return session_run(work->db, &plan) == OK ? end : JOB_AWAY;
}

/* Whether the row before is of the same municipality and kind: settings last as long
 * as the transaction. */
static bool same_context(const PGresult *rows, int row)
{
    return row > 0 && strcmp(PQgetvalue(rows, row, 1), PQgetvalue(rows, row - 1, 1)) == 0
           && strcmp(PQgetvalue(rows, row, 2), PQgetvalue(rows, row - 1, 2)) == 0;
}

struct claimed {
    struct job job;
    struct work work;
    const struct job_kind *kind;
};

/* One claimed row as a job. Its end is JOB_DONE when it may run, else what becomes of it. */
static enum job_end read_row(struct batch *batch, struct arena *arena, const PGresult *rows,
                             int row, struct claimed *ret)
{
    int64_t tenant = 0, attempt = 0;
    cJSON *payload = NULL;
    *ret = (struct claimed){.job = {.kind = PQgetvalue(rows, row, 2)}};
    str_to_int(str_of(PQgetvalue(rows, row, 0)), &ret->job.id);
    str_to_int(str_of(PQgetvalue(rows, row, 1)), &tenant);
    str_to_int(str_of(PQgetvalue(rows, row, 3)), &attempt);
    ret->job.tenant = (int32_t)tenant;
    ret->job.attempt = (int)attempt;
    ret->kind = kind_of(batch->worker, ret->job.kind);
    ret->work = (struct work){.ctx = {.arena = arena},
                              .db = batch->db,
                              .job = &ret->job,
                              .own = batch->own};
    if (PQgetvalue(rows, row, 4)[0] == 't')
        ret->work.error = "cancelled";
    else if (!ret->kind)
        ret->work.error = "unknown kind";
    else if (json_parse(&ret->work.ctx, str_of(PQgetvalue(rows, row, 5)), &payload) != OK)
        ret->work.error = "payload";
    ret->job.payload = payload;
    return ret->work.error ? JOB_PERMANENT : JOB_DONE;
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

static enum job_end run_job(struct batch *batch, struct arena *arena, const PGresult *rows, int row,
                            int64_t *id)
{
    struct claimed claimed;
    enum job_end end = read_row(batch, arena, rows, row, &claimed);
    *id = claimed.job.id;
    claimed.work.in_context = batch->contexts && same_context(rows, row);
    if (end != JOB_DONE)
        return put_aside(&claimed.work, end);
    end = run_kind(&claimed);
    batch->contexts = claimed.work.begun; /* only when it was really sent */
    return end == JOB_RETRY || end == JOB_PERMANENT ? put_aside(&claimed.work, end) : end;
}

static bool finish(struct batch *batch, struct arena *arena, const int64_t *ids, int count)
{
    struct ctx ctx = {.arena = arena};
    struct plan plan = {.ctx = &ctx};
    if (count)
        sql_queue_finish(&plan,
                         (struct sql_queue_finish){.ids = plan_ids(&plan, ids, (size_t)count)});
    sql_queue_commit(&plan);
    return session_run(batch->db, &plan) == OK;
}

/* Whether every one of these jobs only adds statements. */
static bool all_plan(const struct batch *batch, const PGresult *rows)
{
    for (int i = 0; i < PQntuples(rows); i++) {
        const struct job_kind *kind = kind_of(batch->worker, PQgetvalue(rows, i, 2));
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
    int64_t finished[JOBS_MAX];
    int count = 0;
    for (int i = 0; i < PQntuples(rows); i++) {
        struct claimed claimed;
        struct plan effect = {.ctx = &claimed.work.ctx};
        enum job_end end = read_row(batch, arena, rows, i, &claimed);
        if (end == JOB_DONE)
            end = claimed.kind->plan(&claimed.work, &effect);
        if (!same_context(rows, i))
            add_context(&whole, &claimed.job);
        if (end == JOB_DONE) {
            finished[count++] = claimed.job.id;
            plan_join(&whole, &effect);
        } else {
            add_aside(&whole, &claimed.work, end);
        }
    }
    if (count)
        sql_queue_finish(&whole, (struct sql_queue_finish){
                                     .ids = plan_ids(&whole, finished, (size_t)count)});
    sql_queue_commit(&whole);
    if (session_run(batch->db, &whole) == OK)
        return PQntuples(rows);
    session_rollback(batch->db);
    return -1;
}

/* Runs the claimed rows and commits. Returns how many there were, -1 when nothing was committed. */
static int run_rows(struct batch *batch, struct arena *arena, const PGresult *rows)
{
    int64_t finished[JOBS_MAX];
    int count = 0;
    batch->contexts = false;
    for (int i = 0; i < PQntuples(rows) && i < JOBS_MAX; i++) {
        int64_t id;
        enum job_end end = run_job(batch, arena, rows, i, &id);
        if (end == JOB_AWAY) {
            session_rollback(batch->db);
            return -1;
        }
        if (end == JOB_DONE)
            finished[count++] = id;
    }
    if (finish(batch, arena, finished, count))
        return PQntuples(rows);
    session_rollback(batch->db);
    return -1;
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
    sql_queue_begin(&plan);
    const struct statement *claimed =
        sql_queue_claim(&plan,
                        (struct sql_queue_claim){.ids = plan_ids(&plan, ids, (size_t)count)});
    if (session_run(batch->db, &plan) != OK) {
        session_rollback(batch->db);
        return -1;
    }
    if (together && all_plan(batch, claimed->result))
        return run_together(batch, arena, claimed->result);
    return run_rows(batch, arena, claimed->result);
}

bool batch_run(struct batch *batch, const int64_t *ids, int count, bool *done)
{
    struct arena *arena = arena_new();
    int ran = claim_and_run(batch, arena, ids, count, true);
    for (int i = 0; ran < 0 && i < TRIES;
         i++) { /* one by one, so that one does not hold up the others */
        ran = 0;
        for (int j = 0; j < count && ran >= 0; j++)
            ran = claim_and_run(batch, arena, ids + j, 1, false);
    }
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
    arena_free(arena);
    return ran;
}
