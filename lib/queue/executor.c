/* SPDX-License-Identifier: EUPL-1.2 */
/* The breakers of a child. */
#include "lib/queue/executor.h"

#include "lib/base/clock.h"
#include "lib/queue/gen/queries.h"

void executor_note(struct executor *executor, const struct job_kind *kind, const char *error)
{
    size_t place = kind ? (size_t)(kind - executor->worker->kinds) : LIMIT_KINDS;
    if (place < LIMIT_KINDS && breaker_note(&executor->breakers[place], error, clock_ms()))
        executor->failing = kind;
}

void executor_pause_failing(struct executor *executor)
{
    const struct job_kind *kind = executor->failing;
    if (!kind)
        return;
    struct arena *arena = arena_new();
    struct ctx ctx = {.arena = arena};
    struct plan plan = {.ctx = &ctx};
    sql_queue_trip(&plan, (struct sql_queue_trip){.kind = str_of(kind->kind)});
    if (session_run(executor->db, &plan) == OK) {
        fprintf(stderr, "{\"event\":\"kind-failing\",\"kind\":\"%s\"}\n", kind->kind);
        executor->failing = NULL;
    }
    arena_free(arena);
}
