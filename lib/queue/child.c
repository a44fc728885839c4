/* SPDX-License-Identifier: EUPL-1.2 */
/* The loop of a child: read, run, acknowledge; look again at what somebody else had. */
#include "lib/queue/child.h"

#include <unistd.h>

#include "lib/queue/drain.h"
#include "lib/queue/stream.h"

enum { HELD_MAX = 512, HELD_AGAIN_MS = 300, BATCH_QUICK_MS = 20, POLL_US = 50000 };

struct child {
    struct batch batch;
    struct redis *redis;
    struct streams streams;
    const char *consumer;
    int size; /* of the next batch; grows while batches are quick */
    /* read, but not ended: locked by somebody, or the database was away */
    struct stream_entry held[HELD_MAX];
    int held_count;
    int64_t held_again_ms;
};

static void hold(struct child *child, const struct stream_entry *entry)
{
    if (child->held_count < HELD_MAX)
        child->held[child->held_count++] = *entry;
    child->held_again_ms = redis_now_ms() + HELD_AGAIN_MS;
}

static void run_entries(struct child *child, const struct stream_entry *entries, int count)
{
    int64_t ids[STREAM_READ_MAX];
    bool done[STREAM_READ_MAX] = {false};
    struct stream_entry ended[STREAM_READ_MAX];
    int ended_count = 0;
    for (int i = 0; i < count; i++)
        ids[i] = entries[i].job;
    int64_t from_ms = redis_now_ms();
    bool there = batch_run(&child->batch, ids, count, done);
    if (!there)
        usleep(100000);
    for (int i = 0; i < count; i++) {
        if (done[i])
            ended[ended_count++] = entries[i];
        else
            hold(child, &entries[i]);
    }
    streams_end(child->redis, &child->streams, ended, ended_count, child->batch.lanes);
    bool quick = redis_now_ms() - from_ms < BATCH_QUICK_MS;
    int larger = child->size * 2, most = child->batch.worker->batch_max;
    child->size = !quick ? 1 : larger < most ? larger : most;
}

static void look_again(struct child *child)
{
    struct stream_entry entries[HELD_MAX];
    int count = child->held_count;
    if (count == 0 || redis_now_ms() < child->held_again_ms)
        return;
    memcpy(entries, child->held, (size_t)count * sizeof *entries);
    child->held_count = 0;
    for (int i = 0; i < count; i++)
        run_entries(child, &entries[i], 1);
}

/* At the end: somebody else has these jobs. Left pending they would count as a crash. */
static void let_go(struct child *child)
{
    for (int at = 0; at < child->held_count; at += STREAM_READ_MAX) {
        int left = child->held_count - at;
        streams_end(child->redis, &child->streams, child->held + at,
                    left < STREAM_READ_MAX ? left : STREAM_READ_MAX, false);
    }
}

/* Redis is away or was emptied: what was read from it is nobody's any more; PostgreSQL
 * has the jobs. */
static void run_without_redis(struct child *child)
{
    child->held_count = 0;
    int ran = batch_take(&child->batch, child->batch.worker->batch_max);
    if (ran <= 0)
        usleep(ran < 0 ? 2 * POLL_US : POLL_US);
}

static void run_once(struct child *child)
{
    struct stream_entry entries[STREAM_READ_MAX];
    look_again(child);
    int block_ms = child->held_count ? 50 : REDIS_BLOCK_MS;
    int count = streams_read(child->redis, &child->streams, child->consumer, child->size, block_ms,
                             entries);
    if (count < 0)
        run_without_redis(child);
    for (int at = 0; at < count;) {
        int many = count - at < child->size ? count - at : child->size;
        run_entries(child, entries + at, many);
        at += many;
    }
}

int child_run(const struct worker *worker, const struct config *config, const char *consumer,
              const volatile int *stopping)
{
    struct child *child = calloc(1, sizeof *child);
    struct running running = {.lock = PTHREAD_MUTEX_INITIALIZER};
    const char *options =
        "-c statement_timeout=10000 -c lock_timeout=3000 -c timezone=UTC -c jit=off"
        " -c plan_cache_mode=force_generic_plan";
    if (!child)
        abort();
    child->batch = (struct batch){.db = session_new(config_conninfo(config, worker->name, options)),
                                  .worker = worker,
                                  .consumer = consumer,
                                  .own = worker->start ? worker->start() : NULL,
                                  .together = true,
                                  .running = &running};
    struct heart *heart = heart_start(worker, config, consumer, &running, child->batch.db);
    child->redis = redis_new(config->redis);
    child->streams = streams_of(worker->name);
    child->consumer = consumer;
    child->size = 1;
    while (!*stopping && !heart_drained(heart))
        run_once(child);
    int status = heart_drained(heart) ? DRAIN_STATUS : 0;
    let_go(child);
    heart_stop(heart);
    redisReply *reply = redis_run(child->redis, "DEL mw:{s0}:hb:%s", consumer);
    if (reply)
        freeReplyObject(reply);
    redis_free(child->redis);
    session_free(child->batch.db);
    free(child);
    return status;
}
