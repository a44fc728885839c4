/* SPDX-License-Identifier: EUPL-1.2 */
/* Life, leases and cancellation, beside the work. */
#include <stdatomic.h>
#include <unistd.h>

#include "lib/base/clock.h"
#include "lib/queue/child.h"
#include "lib/queue/drain.h"
#include "lib/queue/gen/queries.h"
#include "lib/queue/redis.h"

enum { BEAT_MS = 1000, STEP_MS = 50, STATEMENT_MS = 2000 /* as its options say */ };

struct heart {
    pthread_t thread;
    const char *worker, *consumer;
    struct running *running;
    struct session *working; /* of the child: what it runs can be cancelled */
    struct session *db;      /* its own; connects when first needed */
    struct redis *redis;
    atomic_bool stopping, drained;
};

static void say_alive(struct heart *heart)
{
    redisReply *reply =
        redis_run(heart->redis, "SET mw:{s0}:hb:%s %s PX 5000", heart->consumer, heart->worker);
    if (reply)
        freeReplyObject(reply);
}

static void look_for_drain(struct heart *heart)
{
    if (drain_look(heart->redis, heart->worker, heart->consumer) == DRAIN_ASKED)
        atomic_store(&heart->drained, true);
}

static struct running look(struct running *running)
{
    pthread_mutex_lock(&running->lock);
    struct running seen = *running;
    pthread_mutex_unlock(&running->lock);
    return seen;
}

/* Only for work that takes long: a quick batch costs nothing here. */
static void watch(struct heart *heart)
{
    struct running seen = look(heart->running);
    bool calls = seen.calls && !guard_is_over(seen.guard, 10);
    if (!calls && (!seen.count || clock_ms() - seen.since_ms < BEAT_MS))
        return;
    struct arena *arena = arena_new();
    struct ctx ctx = {.arena = arena};
    struct plan plan = {.ctx = &ctx};
    if (calls)
        sql_queue_lease_beat(&plan,
                             (struct sql_queue_lease_beat){.holder = str_of(heart->consumer),
                                                           .ms = arena_int(arena, LEASE_MS)});
    const struct statement *wanted =
        sql_queue_cancel_wanted(&plan, (struct sql_queue_cancel_wanted){
                                           .ids = plan_ids(&plan, seen.ids, (size_t)seen.count)});
    if (session_run(heart->db, &plan) == OK && PQntuples(wanted->result) && !calls)
        session_cancel(heart->working);
    arena_free(arena);
}

/* What may not be waited for is cancelled; what cannot be cancelled ends with the process. */
static void keep_time(struct heart *heart)
{
    if (*heart->running->stopping > 1)
        session_cancel(heart->working);
    if (guard_is_over(heart->running->guard, GUARD_HEART))
        _exit(GUARD_STATUS);
}

static void *run(void *data)
{
    struct heart *heart = data;
    while (!atomic_load(&heart->stopping)) {
        say_alive(heart);
        look_for_drain(heart);
        watch(heart);
        for (int i = 0; i < BEAT_MS / STEP_MS && !atomic_load(&heart->stopping); i++) {
            keep_time(heart);
            usleep(STEP_MS * 1000);
        }
    }
    return NULL;
}

struct heart *heart_start(const struct worker *worker, const struct config *config,
                          const char *consumer, struct running *running, struct session *db)
{
    const char *options = "-c statement_timeout=2000 -c timezone=UTC";
    struct heart *heart = calloc(1, sizeof *heart);
    if (!heart)
        abort();
    heart->worker = worker->name;
    heart->consumer = consumer;
    heart->running = running;
    heart->working = db;
    heart->db = session_new(config_conninfo(config, worker->name, options), STATEMENT_MS);
    heart->redis = redis_new(config->redis);
    look_for_drain(heart);
    say_alive(heart); /* before the first read */
    if (pthread_create(&heart->thread, NULL, run, heart) != 0)
        abort();
    return heart;
}

bool heart_drained(const struct heart *heart)
{
    return atomic_load(&heart->drained);
}

void heart_stop(struct heart *heart)
{
    atomic_store(&heart->stopping, true);
    pthread_join(heart->thread, NULL);
    redis_free(heart->redis);
    session_free(heart->db);
    free(heart);
}
