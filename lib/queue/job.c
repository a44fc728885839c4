/* SPDX-License-Identifier: EUPL-1.2 */
/* How a handler reaches the database. */
#include "lib/queue/job.h"

#include "lib/queue/gen/queries.h"

void job_add_context(struct plan *plan, const struct job *job)
{
    struct arena *arena = plan->ctx->arena;
    sql_queue_context(plan,
                      (struct sql_queue_context){.tenant = arena_int(arena, job->tenant),
                                                 .kind = str_of(job->kind),
                                                 .timeout_ms = arena_int(arena, job->timeout_ms)});
}

struct plan work_plan(struct work *work)
{
    struct plan plan = {.ctx = &work->ctx};
    if (!work->begun && !work->in_context)
        job_add_context(&plan, work->job);
    if (!work->begun)
        sql_queue_savepoint(&plan);
    work->begun = true;
    return plan;
}

/* Whether the database refused in a way that means: run the transaction again. */
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
        return JOB_UNAVAILABLE;
    if (strcmp(state, "57014") == 0 && session_was_cancelled(work->db))
        return JOB_UNAVAILABLE; /* one job of this batch must end; the next claim says which */
    work->error = arena_print(work->ctx.arena, "sqlstate %s", state).at;
    return JOB_RETRY;
}

struct str job_text(const struct job *job, const char *name)
{
    const cJSON *item = cJSON_GetObjectItemCaseSensitive(job->payload, name);
    return cJSON_IsString(item) ? str_of(item->valuestring) : (struct str){0};
}
