/* SPDX-License-Identifier: EUPL-1.2 */
/* The loop of a child: read, run, acknowledge; look again at what somebody else had. */
#include "lib/queue/child.h"

#include <unistd.h>

#include "lib/base/clock.h"
#include "lib/queue/count.h"
#include "lib/queue/drain.h"
#include "lib/queue/stream.h"

enum {
    STATEMENT_MS = 10000, /* as the options below say, for what no kind limits */
    HELD_MAX = 512,
    HELD_AGAIN_MS = 300,
    BATCH_QUICK_MS = 20,
    POLL_US = 50000,
    ALL_EVERY = 16, /* reads: then also what is not urgent gets its turn, so that nothing starves */
};

struct child {
    struct batch batch;
    struct redis *redis;
    struct streams streams;
    const char *consumer;
    unsigned generation; /* of the connection whose pending entries are known */
    unsigned reads;
    int size;               /* jobs of the next batch; grows while batches are quick */
    int per_entry[STREAMS]; /* jobs in the last entry that was read of each stream */
    /* read, but not ended: locked by somebody, or the database was away */
    struct stream_entry held[HELD_MAX];
    int held_count;
    int64_t held_again_ms;
};

static void hold(struct child *child, const struct stream_entry *entry)
{
    if (child->held_count < HELD_MAX)
        child->held[child->held_count++] = *entry;
    else
        child->generation = 0; /* asked for again: recall() */
    child->held_again_ms = clock_ms() + HELD_AGAIN_MS;
}

static void run_entries(struct child *child, const struct stream_entry *entries, int count)
{
    int64_t ids[JOBS_MAX];
    bool done[JOBS_MAX] = {false};
    struct stream_entry ended[STREAM_READ_MAX];
    int ended_count = 0, jobs = 0;
    for (int i = 0; i < count; i++)
        for (int j = 0; j < entries[i].count; j++)
            ids[jobs++] = entries[i].jobs[j];
    int64_t from_ms = clock_ms();
    bool there = batch_run(&child->batch, ids, jobs, done);
    if (!there)
        usleep(100000);
    jobs = 0;
    for (int i = 0; i < count; i++) {
        bool all = true;
        for (int j = 0; j < entries[i].count; j++)
            all = done[jobs++] && all;
        if (all)
            ended[ended_count++] = entries[i];
        else
            hold(child, &entries[i]);
    }
    streams_end(child->redis, &child->streams, ended, ended_count, child->batch.lanes);
    bool quick = clock_ms() - from_ms < BATCH_QUICK_MS;
    int larger = child->size * 2, most = child->batch.worker->batch_max;
    most = most < JOBS_MAX ? most : JOBS_MAX;
    child->size = !quick ? 1 : larger < most ? larger : most;
}

/* How many of these entries, one at least, make a batch: not more jobs than its size. */
static int batch_of(const struct child *child, const struct stream_entry *entries, int count)
{
    int many = 1, jobs = entries[0].count;
    while (many < count && jobs + entries[many].count <= child->size)
        jobs += entries[many++].count;
    return many;
}

/* When the child has to stop, what is left stays pending, and goes back at its end. */
static void run_in_batches(struct child *child, const struct stream_entry *entries, int count,
                           int most)
{
    for (int at = 0; at < count && !*child->batch.running->stopping;) {
        int many = batch_of(child, entries + at, most < count - at ? most : count - at);
        run_entries(child, entries + at, many);
        at += many;
    }
}

static void look_again(struct child *child)
{
    struct stream_entry entries[HELD_MAX];
    int count = child->held_count;
    if (count == 0 || clock_ms() < child->held_again_ms)
        return;
    memcpy(entries, child->held, (size_t)count * sizeof *entries);
    child->held_count = 0;
    run_in_batches(child, entries, count, 1);
}

/* Redis is away or was emptied: what was read from it is nobody's any more; PostgreSQL
 * has the jobs. */
static void run_without_redis(struct child *child)
{
    int64_t from_us = clock_us();
    child->held_count = 0;
    int ran = batch_take(&child->batch, child->batch.worker->batch_max);
    if (ran <= 0)
        usleep(ran < 0 ? 2 * POLL_US : POLL_US);
    count_fallback(child->batch.count, from_us);
}

/* On a new connection: what Redis handed out to this child on the one before is pending for it still,
 * whether or not the answer came. */
static void recall(struct child *child)
{
    struct stream_entry entries[STREAM_READ_MAX];
    unsigned generation = redis_generation(child->redis);
    child->held_count = 0;
    for (int s = 0; s < STREAMS; s++) {
        char after[STREAM_ENTRY_MAX] = "0";
        int count;
        while ((count = streams_recall(child->redis, &child->streams, s, child->consumer, after,
                                       entries))
               > 0) {
            run_in_batches(child, entries, count, s == STREAM_SUSPECTS ? 1 : STREAM_READ_MAX);
            memcpy(after, entries[count - 1].id, sizeof after);
        }
        if (count < 0)
            return;
    }
    child->generation = generation;
}

/* As many entries as make a batch, when they are as full as the fullest that were read last. */
static int entries_wanted(const struct child *child)
{
    int most = 1;
    for (int s = STREAM_P0; s < STREAM_SUSPECTS; s++)
        most = child->per_entry[s] > most ? child->per_entry[s] : most;
    return child->size > most ? child->size / most : 1;
}

static void run_once(struct child *child)
{
    struct stream_entry entries[STREAM_READ_MAX];
    count_flush(child->batch.count, child->batch.db);
    look_again(child);
    if (redis_ready(child->redis) && redis_generation(child->redis) != child->generation)
        recall(child);
    if (child->held_count > HELD_MAX - STREAM_READ_MAX) {
        usleep(POLL_US);
        return;
    }
    bool all = ++child->reads % ALL_EVERY == 0;
    int block_ms = child->held_count ? 50 : REDIS_BLOCK_MS;
    int count = streams_read(child->redis, &child->streams, child->consumer, entries_wanted(child),
                             all, block_ms, entries);
    if (count < 0)
        run_without_redis(child);
    for (int i = 0; i < count; i++)
        child->per_entry[entries[i].stream] = entries[i].count;
    run_in_batches(child, entries, count, STREAM_READ_MAX);
}

int child_run(const struct worker *worker, const struct config *config, const char *consumer,
              struct guard *guard, const atomic_int *stopping)
{
    struct child *child = calloc(1, sizeof *child);
    struct running running = {.lock = PTHREAD_MUTEX_INITIALIZER,
                              .guard = guard,
                              .stopping = stopping};
    const char *options =
        "-c statement_timeout=10000 -c lock_timeout=3000 -c timezone=UTC -c jit=off"
        " -c client_connection_check_interval=1000"
        " -c plan_cache_mode=force_generic_plan";
    const char *conninfo = config_conninfo(config, worker->name, options);
    if (!child)
        abort();
    child->batch = (struct batch){.db = session_new(conninfo, STATEMENT_MS),
                                  .worker = worker,
                                  .consumer = consumer,
                                  .own = worker->start ? worker->start() : NULL,
                                  .together = true,
                                  .running = &running,
                                  .count = count_new(worker)};
    struct heart *heart = heart_start(worker, config, consumer, &running, child->batch.db);
    child->redis = redis_new(config->redis);
    child->streams = streams_of(worker->name);
    child->consumer = consumer;
    child->size = 1;
    while (!*stopping && !heart_drained(heart))
        run_once(child);
    int status = heart_drained(heart) ? DRAIN_STATUS : 0;
    streams_let_go(child->redis, &child->streams, consumer);
    heart_stop(heart);
    redisReply *reply = redis_run(child->redis, "DEL mw:{s0}:hb:%s", consumer);
    if (reply)
        freeReplyObject(reply);
    redis_free(child->redis);
    count_free(child->batch.count, child->batch.db);
    session_free(child->batch.db);
    free(child);
    return status;
}
