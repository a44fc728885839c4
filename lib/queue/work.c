/* SPDX-License-Identifier: EUPL-1.2 */
/* What a handler has in hand: one claimed row, and how it reaches the database. */
#include "lib/json/parse.h"
#include "lib/queue/child.h"
#include "lib/queue/gen/queries.h"

void claimed_context(struct plan *plan, const struct job *job)
{
    sql_queue_context(plan,
                      (struct sql_queue_context){.tenant = arena_int(plan->ctx->arena, job->tenant),
                                                 .kind = str_of(job->kind),
                                                 .timeout_ms =
                                                     arena_int(plan->ctx->arena, job->timeout_ms)});
}

struct plan work_plan(struct work *work)
{
    struct plan plan = {.ctx = &work->ctx};
    if (!work->begun && !work->in_context)
        claimed_context(&plan, work->job);
    if (!work->begun)
        sql_queue_savepoint(&plan);
    work->begun = true;
    return plan;
}

/* Refusals that say: the transaction must be run again. */
static bool is_transient(const char *sqlstate)
{
    static const char *const states[] = {"40001", "40P01", "55P03", "25P02"};
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
    const char *state = session_sqlstate(work->db);
    if (err == ERR_UNAVAILABLE || is_transient(state))
        return JOB_AWAY;
    if (strcmp(state, "57014") == 0 && session_was_cancelled(work->db))
        return JOB_AWAY; /* one of this batch is to end; the claim says which */
    work->error = arena_print(work->ctx.arena, "sqlstate %s", state).at;
    return JOB_RETRY;
}

struct str job_text(const struct job *job, const char *name)
{
    const cJSON *item = cJSON_GetObjectItemCaseSensitive(job->payload, name);
    return cJSON_IsString(item) ? str_of(item->valuestring) : (struct str){0};
}

const struct job_kind *worker_kind(const struct worker *worker, const char *kind)
{
    for (size_t i = 0; i < worker->kinds_count; i++)
        if (strcmp(worker->kinds[i].kind, kind) == 0)
            return &worker->kinds[i];
    return NULL;
}

enum job_end claimed_read(struct batch *batch, struct arena *arena, const PGresult *rows, int row,
                          struct claimed *ret)
{
    int64_t tenant = 0, attempt = 0, timeout_ms = 0, version = 0;
    cJSON *payload = NULL;
    *ret = (struct claimed){.job = {.kind = PQgetvalue(rows, row, 2)}};
    str_to_int(str_of(PQgetvalue(rows, row, 0)), &ret->job.id);
    str_to_int(str_of(PQgetvalue(rows, row, 1)), &tenant);
    str_to_int(str_of(PQgetvalue(rows, row, 3)), &attempt);
    str_to_int(str_of(PQgetvalue(rows, row, 7)), &timeout_ms);
    str_to_int(str_of(PQgetvalue(rows, row, 8)), &version);
    ret->job.version = (int)version;
    ret->job.tenant = (int32_t)tenant;
    ret->job.attempt = (int)attempt;
    ret->job.timeout_ms = (int32_t)timeout_ms;
    ret->kind = worker_kind(batch->worker, ret->job.kind);
    ret->work = (struct work){.ctx = {.arena = arena},
                              .db = batch->db,
                              .job = &ret->job,
                              .own = batch->own};
    if (PQgetvalue(rows, row, 4)[0] == 't')
        ret->work.error = "cancelled";
    else if (!ret->kind)
        ret->work.error = "unknown kind";
    else if (json_parse(&ret->work.ctx, str_of(PQgetvalue(rows, row, 5)), &payload) != OK
             || !cJSON_IsObject(payload))
        ret->work.error = "payload";
    ret->job.payload = payload;
    if (ret->work.error)
        return JOB_PERMANENT;
    if (version <= (ret->kind->version ? ret->kind->version : 1))
        return JOB_DONE;
    ret->work.error = "newer payload";
    return JOB_OUTAGE;
}
