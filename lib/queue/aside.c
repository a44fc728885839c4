/* SPDX-License-Identifier: EUPL-1.2 */
/* What becomes of a job that was not done, and of its kind when most are not. */
#include "lib/base/clock.h"
#include "lib/queue/child.h"
#include "lib/queue/gen/queries.h"

const char *aside_error(const struct work *work)
{
    return work->error ? work->error : "failed";
}

struct str aside_delay(const struct work *work, bool later)
{
    return later && work->later_ms > 0 ? arena_int(work->ctx.arena, work->later_ms)
                                       : (struct str){0};
}

struct str aside_free(const struct work *work, bool later, bool outage)
{
    return outage || (later && work->later_ms <= 0) ? S("t") : S("f");
}

void aside_add(struct plan *plan, const struct work *work, enum job_end end)
{
    struct arena *arena = plan->ctx->arena;
    struct str id = arena_int(arena, work->job->id);
    struct str error = str_of(aside_error(work));
    if (end == JOB_PERMANENT)
        sql_queue_kill(plan,
                       (struct sql_queue_kill){.id = id, .reason = S("permanent"), .error = error});
    else
        sql_queue_retry(plan,
                        (struct sql_queue_retry){.id = id,
                                                 .error = error,
                                                 .delay_ms = aside_delay(work, end == JOB_LATER),
                                                 .free = aside_free(work, end == JOB_LATER,
                                                                    end == JOB_OUTAGE)});
}

enum job_end aside_put(struct work *work, enum job_end end)
{
    struct plan plan = work_plan(work);
    sql_queue_rollback_job(&plan);
    aside_add(&plan, work, end);
    return session_run(work->db, &plan) == OK ? end : JOB_AWAY;
}

void aside_note(struct batch *batch, const struct job_kind *kind, const char *error)
{
    size_t place = kind ? (size_t)(kind - batch->worker->kinds) : LIMIT_KINDS;
    if (place < LIMIT_KINDS && breaker_note(&batch->breakers[place], error, clock_ms()))
        batch->failing = kind;
}

void aside_trip(struct batch *batch)
{
    if (!batch->failing)
        return;
    struct arena *arena = arena_new();
    struct ctx ctx = {.arena = arena};
    struct plan plan = {.ctx = &ctx};
    sql_queue_trip(&plan, (struct sql_queue_trip){.kind = str_of(batch->failing->kind)});
    if (session_run(batch->db, &plan) == OK) {
        fprintf(stderr, "{\"event\":\"kind-failing\",\"kind\":\"%s\"}\n", batch->failing->kind);
        batch->failing = NULL;
    }
    arena_free(arena);
}
