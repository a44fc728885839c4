/* SPDX-License-Identifier: EUPL-1.2 */
/* One answer, and when to ask again. */
#include "lib/queue/fallback.h"

#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>

#include "lib/base/clock.h"
#include "lib/queue/gen/queries.h"

enum { SERVED_MS = 2000, UNSERVED_MS = 500 };

struct fallback {
    _Atomic int64_t due_ms;
    atomic_bool on;
};

struct fallback *fallback_new(void)
{
    struct fallback *fallback =
        mmap(NULL, sizeof *fallback, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (fallback == MAP_FAILED)
        abort();
    atomic_store(&fallback->due_ms, clock_ms() + SERVED_MS);
    return fallback;
}

static void ask(struct fallback *fallback, struct session *db)
{
    struct arena *arena = arena_new();
    struct ctx ctx = {.arena = arena};
    struct plan plan = {.ctx = &ctx};
    const struct statement *row = sql_queue_unserved(&plan);
    if (session_run(db, &plan) == OK) {
        bool on = PQgetvalue(row->result, 0, QUEUE_UNSERVED_UNSERVED)[0] == 't';
        if (atomic_exchange(&fallback->on, on) != on)
            fprintf(stderr, "{\"event\":\"jobs-from-postgresql\",\"on\":%s}\n",
                    on ? "true" : "false");
    }
    arena_free(arena);
}

bool fallback_is_on(struct fallback *fallback, struct session *db)
{
    int64_t now_ms = clock_ms(), due_ms = atomic_load(&fallback->due_ms);
    int64_t next_ms = now_ms + (atomic_load(&fallback->on) ? UNSERVED_MS : SERVED_MS);
    if (now_ms >= due_ms && atomic_compare_exchange_strong(&fallback->due_ms, &due_ms, next_ms))
        ask(fallback, db);
    return atomic_load(&fallback->on);
}
