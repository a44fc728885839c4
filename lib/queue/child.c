/* SPDX-License-Identifier: EUPL-1.2 */
/* The loop of a child: read entries, run their jobs, acknowledge; later look again at entries
 * that it could not end. */
#include "lib/queue/child.h"

#include <unistd.h>

#include "lib/base/clock.h"
#include "lib/queue/batch.h"
#include "lib/queue/drain.h"
#include "lib/queue/gen/queries.h"
#include "lib/queue/heartbeat.h"
#include "lib/queue/stream.h"

enum {
    STATEMENT_MS = 10000, /* for statements that belong to no job */
    KEPT_MAX = 512,
    KEPT_AGAIN_MS = 300,
    GIVE_BACK_MS = 3000, /* without a connection */
    KEPT_BLOCK_MS = 50,  /* how long a read waits while entries are kept */
    BATCH_QUICK_MS = 20,
    POLL_US = 50000,
    TAKE_US = 1000000,
    CAREFUL_BATCHES = 4,
    UNAVAILABLE_US = 100000,
    ALL_EVERY = 16, /* one read in so many takes entries of every priority, so that none starves */
};

struct child {
    struct executor executor;
    struct batch batch;
    struct running running;
    struct redis *redis;
    struct streams streams;
    unsigned generation; /* of the connection whose pending entries were read again */
    unsigned reads;
    int size;               /* jobs of the next batch; grows while batches are quick */
    int per_entry[STREAMS]; /* jobs in the last entry that was read of each stream */
    /* Entries that were read but not ended: another worker had locked a job, or the database could not
     * be reached. */
    struct stream_entry kept[KEPT_MAX];
    int kept_count;
    int64_t kept_again_ms;
    int64_t connected_ms; /* when it had a connection to PostgreSQL last */
    struct fallback *fallback;
    int careful;   /* so many jobs that it takes from PostgreSQL are trials */
    int64_t trial; /* the job that it has begun alone, until PostgreSQL knows that it survived */
};

static void keep(struct child *child, const struct stream_entry *entry)
{
    if (child->kept_count < KEPT_MAX)
        child->kept[child->kept_count++] = *entry;
    else
        child->generation = 0; /* no room: recall() reads it again */
    child->kept_again_ms = clock_ms() + KEPT_AGAIN_MS;
}

/* A quick batch doubles the next one; a slow batch is followed by single jobs. */
static void resize(struct child *child, bool quick)
{
    int most = child->executor.worker->batch_max;
    most = most < JOBS_MAX ? most : JOBS_MAX;
    child->size = quick ? child->size * 2 : 1;
    if (child->size > most)
        child->size = most;
}

/* Acknowledges the entries whose jobs need no more attention, and keeps the others. `done` has a
 * value for each job, in the order of the entries. */
static void end_entries(struct child *child, const struct stream_entry *entries, int count,
                        const bool *done)
{
    struct stream_entry ended[STREAM_READ_MAX];
    int ended_count = 0;
    for (int i = 0; i < count; i++) {
        bool all = true;
        for (int j = 0; j < entries[i].count; j++)
            all = *done++ && all;
        if (all)
            ended[ended_count++] = entries[i];
        else
            keep(child, &entries[i]);
    }
    streams_end(child->redis, &child->streams, ended, ended_count, child->batch.lanes);
}

static void run_entries(struct child *child, const struct stream_entry *entries, int count)
{
    int64_t ids[JOBS_MAX];
    bool done[JOBS_MAX] = {false};
    int jobs = 0;
    for (int i = 0; i < count; i++)
        for (int j = 0; j < entries[i].count; j++)
            ids[jobs++] = entries[i].jobs[j];
    int64_t from_ms = clock_ms();
    if (!batch_run(&child->batch, ids, jobs, done))
        usleep(UNAVAILABLE_US);
    end_entries(child, entries, count, done);
    resize(child, clock_ms() - from_ms < BATCH_QUICK_MS);
}

/* Tells PostgreSQL that this process lives on, whatever came of the suspect. Returns false when
 * PostgreSQL cannot be told now, which must be done before the next suspect. */
static bool end_trial(struct child *child)
{
    if (!child->trial)
        return true;
    struct arena *arena = arena_new();
    struct ctx ctx = {.arena = arena};
    struct plan plan = {.ctx = &ctx};
    const struct statement *row =
        sql_queue_survived(&plan,
                           (struct sql_queue_survived){.id = arena_int(arena, child->trial)});
    if (session_run(child->executor.db, &plan) == OK
        && PQgetvalue(row->result, 0, QUEUE_SURVIVED_TOLD)[0] == 't')
        child->trial = 0;
    arena_free(arena);
    return child->trial == 0;
}

/* Notes in PostgreSQL that this process begins the suspect. Returns false when it must not. Without an
 * answer it may be noted, so it is taken back later. */
static bool begin_trial(struct child *child, int64_t suspect)
{
    struct arena *arena = arena_new();
    struct ctx ctx = {.arena = arena};
    struct plan plan = {.ctx = &ctx};
    const struct statement *row =
        sql_queue_begin_alone(&plan,
                              (struct sql_queue_begin_alone){.id = arena_int(arena, suspect)});
    child->trial = suspect;
    bool answered = session_run(child->executor.db, &plan) == OK;
    bool begun = answered && PQgetvalue(row->result, 0, QUEUE_BEGIN_ALONE_BEGUN)[0] == 't';
    if (answered && !begun)
        child->trial = 0;
    arena_free(arena);
    return begun;
}

/* Runs a job as a trial. Returns false when PostgreSQL cannot be reached. */
static bool run_suspect(struct child *child, int64_t suspect, bool *done)
{
    bool there = end_trial(child);
    if (there && begin_trial(child, suspect))
        there = batch_run(&child->batch, &suspect, 1, done);
    else if (there)
        there = batch_find_ended(&child->batch, &suspect, 1, done);
    return end_trial(child) && there;
}

/* Runs the jobs of an entry of the stream of suspects one by one. */
static void run_suspects(struct child *child, const struct stream_entry *entry)
{
    bool done[ENTRY_JOBS] = {false};
    for (int i = 0; i < entry->count; i++)
        if (!run_suspect(child, entry->jobs[i], &done[i]))
            usleep(UNAVAILABLE_US);
    end_entries(child, entry, 1, done);
}

/* How many of these entries make a batch: at least one, and together not more jobs than its
 * size. */
static int batch_of(const struct child *child, const struct stream_entry *entries, int count)
{
    int many = 1, jobs = entries[0].count;
    while (many < count && jobs + entries[many].count <= child->size)
        jobs += entries[many++].count;
    return many;
}

/* When the child must stop, the remaining entries stay pending, and are given back at its end. */
static void run_in_batches(struct child *child, const struct stream_entry *entries, int count,
                           int most)
{
    for (int at = 0; at < count && !running_must_stop(&child->running);) {
        if (entries[at].stream == STREAM_SUSPECTS) {
            run_suspects(child, &entries[at++]);
            continue;
        }
        int many = batch_of(child, entries + at, most < count - at ? most : count - at);
        run_entries(child, entries + at, many);
        at += many;
    }
}

static void run_kept(struct child *child)
{
    struct stream_entry entries[KEPT_MAX];
    int count = child->kept_count;
    if (count == 0 || clock_ms() < child->kept_again_ms)
        return;
    memcpy(entries, child->kept, (size_t)count * sizeof *entries);
    child->kept_count = 0;
    run_in_batches(child, entries, count, 1);
}

/* Takes a batch from PostgreSQL. When the child before this one died, nobody knows what it had taken:
 * the first jobs are trials then, so that one that kills its workers is buried without Redis, too. */
static bool take_batch(struct child *child, int *ret_taken)
{
    int64_t job = 0;
    bool done = false;
    if (!child->careful)
        return batch_take(&child->batch, child->executor.worker->batch_max, ret_taken);
    child->careful--;
    if (!batch_first(&child->batch, &job))
        return false;
    *ret_taken = job != 0;
    return !job || run_suspect(child, job, &done);
}

/* Takes jobs from PostgreSQL until there are none, or it is time to look into the streams again.
 * Returns false when PostgreSQL cannot be reached. */
static bool take_jobs(struct child *child)
{
    int64_t from_us = clock_us();
    int taken = 0;
    bool there;
    do
        there = take_batch(child, &taken);
    while (there && taken && !running_must_stop(&child->running) && clock_us() - from_us < TAKE_US);
    count_fallback(child->executor.count, from_us);
    return there;
}

/* Redis cannot be reached or was emptied: entries that were read from it mean nothing any more.
 * PostgreSQL has the jobs. */
static void run_without_redis(struct child *child)
{
    int64_t from_us = clock_us();
    int taken = 0;
    child->kept_count = 0;
    fallback_is_on(child->fallback,
                   child->executor.db); /* when nobody leads: what is due is made ready */
    if (!take_batch(child, &taken))
        usleep(2 * POLL_US);
    else if (!taken)
        usleep(POLL_US);
    count_fallback(child->executor.count, from_us);
}

/* On a new connection: entries that Redis gave to this child over the connection before are pending
 * still, whether or not the reply arrived. */
static void recall(struct child *child)
{
    struct stream_entry entries[STREAM_READ_MAX];
    unsigned generation = redis_generation(child->redis);
    child->kept_count = 0;
    for (int s = 0; s < STREAMS; s++) {
        struct stream_pending pending = {&child->streams, s, child->executor.consumer};
        char after[STREAM_ENTRY_MAX] = "0";
        int count = 0;
        do {
            if (!streams_recall(child->redis, &pending, after, entries, &count))
                return;
            run_in_batches(child, entries, count, s == STREAM_SUSPECTS ? 1 : STREAM_READ_MAX);
            if (count)
                memcpy(after, entries[count - 1].id, sizeof after);
        } while (count);
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

/* PostgreSQL cannot be reached, or it refuses this child because others of its program have all
 * connections. Those can do what this child keeps; it reads nothing more. */
static void wait_for_connection(struct child *child)
{
    if (child->kept_count && clock_ms() - child->connected_ms > GIVE_BACK_MS) {
        streams_give_back(child->redis, &child->streams, child->executor.consumer);
        child->kept_count = 0;
    }
    usleep(2 * UNAVAILABLE_US);
}

static void run_once(struct child *child)
{
    struct stream_entry entries[STREAM_READ_MAX];
    int count = 0;
    if (!session_connect(child->executor.db)) {
        wait_for_connection(child);
        return;
    }
    child->connected_ms = clock_ms();
    end_trial(child);
    count_flush(child->executor.count, child->executor.db);
    if (child->executor.worker->beside)
        child->executor.worker->beside(child->executor.own, child->executor.db);
    run_kept(child);
    if (redis_ready(child->redis) && redis_generation(child->redis) != child->generation)
        recall(child);
    if (child->kept_count > KEPT_MAX - STREAM_READ_MAX) {
        usleep(POLL_US);
        return;
    }
    struct stream_read wanted = {.consumer = child->executor.consumer,
                                 .count = entries_wanted(child),
                                 .all = ++child->reads % ALL_EVERY == 0,
                                 .block_ms = child->kept_count ? KEPT_BLOCK_MS : REDIS_BLOCK_MS};
    if (!streams_read(child->redis, &child->streams, wanted, entries, &count))
        run_without_redis(child);
    else if (!count && fallback_is_on(child->fallback, child->executor.db) && !take_jobs(child))
        usleep(POLL_US);
    for (int i = 0; i < count; i++)
        child->per_entry[entries[i].stream] = entries[i].count;
    run_in_batches(child, entries, count, STREAM_READ_MAX);
}

static struct child *child_new(const struct worker *worker, const struct config *config,
                               const struct child_post *post)
{
    struct child *child = calloc(1, sizeof *child);
    const char *conninfo = config_conninfo(config, worker->name, STATEMENT_MS,
                                           "-c lock_timeout=3000 -c jit=off"
                                           " -c client_connection_check_interval=1000"
                                           " -c plan_cache_mode=force_generic_plan");
    if (!child)
        abort();
    child->executor = (struct executor){.db = session_new(conninfo, STATEMENT_MS),
                                        .worker = worker,
                                        .consumer = post->consumer,
                                        .own = worker->start ? worker->start() : NULL,
                                        .running = &child->running,
                                        .count = count_new(worker)};
    child->batch = (struct batch){.executor = &child->executor, .together = true};
    child->redis = redis_new(config, worker->name);
    child->streams = streams_of(worker->name);
    child->fallback = post->fallback;
    child->careful = post->careful ? CAREFUL_BATCHES * worker->batch_max : 0;
    child->size = 1;
    return child;
}

static void child_free(struct child *child)
{
    redis_free(child->redis);
    count_free(child->executor.count, child->executor.db);
    session_free(child->executor.db);
    free(child);
}

int child_run(const struct worker *worker, const struct config *config,
              const struct child_post *post, const atomic_int *stopping)
{
    struct child *child = child_new(worker, config, post);
    child->running = (struct running){.lock = PTHREAD_MUTEX_INITIALIZER,
                                      .guard = post->guard,
                                      .stopping = stopping};
    struct heartbeat *heartbeat = heartbeat_start(config, &child->executor);
    while (!running_must_stop(&child->running) && !heartbeat_is_drained(heartbeat))
        run_once(child);
    int status = heartbeat_is_drained(heartbeat) ? DRAIN_STATUS : 0;
    streams_give_back(child->redis, &child->streams, post->consumer);
    heartbeat_stop(heartbeat);
    redisReply *reply = redis_run(child->redis, "DEL mw:{s0}:hb:%s", post->consumer);
    if (reply)
        freeReplyObject(reply);
    child_free(child);
    return status;
}
