/* SPDX-License-Identifier: EUPL-1.2 */
/* Life, leases and cancellation, in a thread beside the work. */
#include "lib/queue/heartbeat.h"

#include <unistd.h>

#include "lib/base/clock.h"
#include "lib/queue/drain.h"
#include "lib/queue/gen/queries.h"
#include "lib/queue/lease.h"
#include "lib/queue/redis.h"

enum { BEAT_MS = 1000, STEP_MS = 50, STATEMENT_MS = 2000 };

struct heartbeat {
    pthread_t thread;
    const struct executor *executor; /* of the child: its statement can be cancelled */
    struct session *db;              /* of this thread; connects when first needed */
    struct redis *redis;
    atomic_bool stopping, drained;
};

static void say_alive(struct heartbeat *heartbeat)
{
    const struct executor *executor = heartbeat->executor;
    redisReply *reply = redis_run(heartbeat->redis, "SET mw:{s0}:hb:%s %s PX 5000",
                                  executor->consumer, executor->worker->name);
    if (reply)
        freeReplyObject(reply);
}

static void look_for_drain(struct heartbeat *heartbeat)
{
    const struct executor *executor = heartbeat->executor;
    if (drain_look(heartbeat->redis, executor->worker->name, executor->consumer) == DRAIN_ASKED)
        atomic_store(&heartbeat->drained, true);
}

/* Looks after jobs that take long; a quick batch costs nothing here. */
static void watch(struct heartbeat *heartbeat)
{
    const struct executor *executor = heartbeat->executor;
    struct running seen = running_copy(executor->running);
    bool calls = seen.calls && !guard_is_over(seen.guard, GUARD_TIMEOUT);
    if (!calls && (!seen.count || clock_ms() - seen.since_ms < BEAT_MS))
        return;
    struct arena *arena = arena_new();
    struct ctx ctx = {.arena = arena};
    struct plan plan = {.ctx = &ctx};
    if (calls)
        sql_queue_lease_beat(&plan,
                             (struct sql_queue_lease_beat){.holder = str_of(executor->consumer),
                                                           .ms = arena_int(arena, LEASE_MS)});
    const struct statement *wanted =
        sql_queue_cancel_wanted(&plan, (struct sql_queue_cancel_wanted){
                                           .ids = plan_ids(&plan, seen.ids, (size_t)seen.count)});
    if (session_run(heartbeat->db, &plan) == OK && PQntuples(wanted->result) && !calls)
        session_cancel(executor->db);
    arena_free(arena);
}

/* Cancels a statement that the child may not wait for. A job that takes too long ends with the
 * process. */
static void keep_time(struct heartbeat *heartbeat)
{
    const struct executor *executor = heartbeat->executor;
    if (running_must_hurry(executor->running))
        session_cancel(executor->db);
    if (guard_is_over(executor->running->guard, GUARD_HEARTBEAT))
        _exit(GUARD_STATUS);
}

static void *run(void *data)
{
    struct heartbeat *heartbeat = data;
    while (!atomic_load(&heartbeat->stopping)) {
        say_alive(heartbeat);
        look_for_drain(heartbeat);
        watch(heartbeat);
        for (int i = 0; i < BEAT_MS / STEP_MS && !atomic_load(&heartbeat->stopping); i++) {
            keep_time(heartbeat);
            usleep(STEP_MS * 1000);
        }
    }
    return NULL;
}

struct heartbeat *heartbeat_start(const struct config *config, const struct executor *executor)
{
    const char *conninfo = config_conninfo(config, executor->worker->name, STATEMENT_MS, "");
    struct heartbeat *heartbeat = calloc(1, sizeof *heartbeat);
    if (!heartbeat)
        abort();
    heartbeat->executor = executor;
    heartbeat->db = session_new(conninfo, STATEMENT_MS);
    heartbeat->redis = redis_new(config, executor->worker->name);
    look_for_drain(heartbeat);
    say_alive(heartbeat); /* before the first read */
    if (pthread_create(&heartbeat->thread, NULL, run, heartbeat) != 0)
        abort();
    return heartbeat;
}

bool heartbeat_is_drained(const struct heartbeat *heartbeat)
{
    return atomic_load(&heartbeat->drained);
}

void heartbeat_stop(struct heartbeat *heartbeat)
{
    atomic_store(&heartbeat->stopping, true);
    pthread_join(heartbeat->thread, NULL);
    redis_free(heartbeat->redis);
    session_free(heartbeat->db);
    free(heartbeat);
}
