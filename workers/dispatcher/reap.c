/* SPDX-License-Identifier: EUPL-1.2 */
/* Consumers without a heartbeat. */
#include "workers/dispatcher/reap.h"

#include "workers/dispatcher/gen/queries.h"
#include "workers/dispatcher/locked_jobs.h"
#include "workers/dispatcher/stream_reply.h"

/* KEYS: stream, heartbeat. ARGV: consumer. Removes the pending entries of the consumer in one
 * step, unless its heartbeat is back; removes the consumer when it has no entries left. Returns
 * the jobs. */
static const char script[] =
    "if redis.call('EXISTS', KEYS[2]) == 1 then return {} end "
    "local pending = redis.call('XPENDING', KEYS[1], 'w', '-', '+', 500, ARGV[1]) "
    "local jobs = {} "
    "for _, one in ipairs(pending) do "
    "  local entry = redis.call('XRANGE', KEYS[1], one[1], one[1]) "
    "  redis.call('XACK', KEYS[1], 'w', one[1]) "
    "  if #entry == 1 then "
    "    redis.call('XDEL', KEYS[1], one[1]) "
    "    jobs[#jobs + 1] = entry[1][2][2] "
    "  end "
    "end "
    "if #pending < 500 then redis.call('XGROUP', 'DELCONSUMER', KEYS[1], 'w', ARGV[1]) end "
    "return jobs";

/* Counts the crash against jobs that are known to be carried: so once, however many entries of a
 * job the dead worker had. */
static bool count_crash(struct dispatcher *dispatcher, const redisReply *jobs)
{
    struct arena *arena = arena_new();
    struct ctx ctx = {.arena = arena};
    struct plan plan = {.ctx = &ctx};
    int64_t *ids = arena_array(arena, jobs->elements * ENTRY_JOBS, sizeof *ids);
    size_t known = carried_forget(&dispatcher->carried, ids, stream_reply_jobs(jobs, ids));
    sql_dispatcher_crashed(&plan,
                           (struct sql_dispatcher_crashed){.ids = plan_ids(&plan, ids, known)});
    bool counted = session_run(dispatcher->db, &plan) == OK;
    counted = locked_jobs_find(dispatcher, ids, known, NULL) && counted;
    arena_free(arena);
    return counted;
}

static bool reap_consumer(struct dispatcher *dispatcher, const struct streams *streams, int stream,
                          const char *consumer)
{
    char heartbeat[256];
    snprintf(heartbeat, sizeof heartbeat, "mw:{s0}:hb:%s", consumer);
    const char *command[] = {"EVAL", script, "2", streams->names[stream], heartbeat, consumer};
    redisReply *alive = redis_run(dispatcher->redis, "EXISTS %s", heartbeat);
    bool dead = alive && alive->type == REDIS_REPLY_INTEGER && alive->integer == 0;
    bool there = alive != NULL;
    if (alive)
        freeReplyObject(alive);
    if (!dead)
        return there;
    redisReply *jobs = redis_run_list(dispatcher->redis, 6, command);
    there = jobs != NULL;
    if (jobs && jobs->type == REDIS_REPLY_ARRAY && jobs->elements)
        there = count_crash(dispatcher, jobs);
    if (jobs)
        freeReplyObject(jobs);
    return there;
}

static bool reap_stream(struct dispatcher *dispatcher, const struct streams *streams, int stream)
{
    redisReply *consumers =
        redis_run(dispatcher->redis, "XINFO CONSUMERS %s w", streams->names[stream]);
    bool there = consumers != NULL;
    for (size_t i = 0; there && consumers->type == REDIS_REPLY_ARRAY && i < consumers->elements;
         i++) {
        const char *consumer = stream_reply_consumer(consumers->element[i]);
        there = !consumer || reap_consumer(dispatcher, streams, stream, consumer);
    }
    if (consumers)
        freeReplyObject(consumers);
    return there;
}

bool reap_dead(struct dispatcher *dispatcher)
{
    for (int w = 0; w < dispatcher->count; w++)
        for (int s = 0; s < STREAMS; s++)
            if (!reap_stream(dispatcher, &dispatcher->streams[w], s))
                return false;
    return true;
}
