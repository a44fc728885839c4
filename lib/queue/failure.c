/* SPDX-License-Identifier: EUPL-1.2 */
/* Retry or dead letter. */
#include "lib/queue/failure.h"

#include "lib/queue/gen/queries.h"

const char *failure_error(const struct work *work)
{
    return work->error ? work->error : "failed";
}

struct str failure_delay(const struct work *work, bool later)
{
    return later && work->later_ms > 0 ? arena_int(work->ctx.arena, work->later_ms)
                                       : (struct str){0};
}

struct str failure_is_free(const struct work *work, bool later, bool outage)
{
    return outage || (later && work->later_ms <= 0) ? S("t") : S("f");
}

void failure_add(struct plan *plan, const struct work *work, enum job_end end)
{
    struct str id = arena_int(plan->ctx->arena, work->job->id);
    struct str error = str_of(failure_error(work));
    bool later = end == JOB_LATER;
    if (end == JOB_PERMANENT)
        sql_queue_kill(plan,
                       (struct sql_queue_kill){.id = id, .reason = S("permanent"), .error = error});
    else
        sql_queue_retry(plan, (struct sql_queue_retry){.id = id,
                                                       .error = error,
                                                       .delay_ms = failure_delay(work, later),
                                                       .free = failure_is_free(work, later,
                                                                               end == JOB_OUTAGE)});
}

enum job_end failure_store(struct work *work, enum job_end end)
{
    struct plan back = work_plan(work);
    sql_queue_rollback_job(&back);
    if (session_run(work->db, &back) != OK)
        return JOB_UNAVAILABLE;
    struct plan plan = {.ctx =
                            &work->ctx}; /* nothing can be prepared before the way back is done */
    failure_add(&plan, work, end);
    return session_run(work->db, &plan) == OK ? end : JOB_UNAVAILABLE;
}
