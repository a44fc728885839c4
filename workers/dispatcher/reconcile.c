/* SPDX-License-Identifier: EUPL-1.2 */
/* An entry is alive when it was not delivered to a consumer yet, or when it is in a pending
 * list. An entry that was delivered and is in no pending list is a ghost: no consumer owns it,
 * and it is removed. */
#include "workers/dispatcher/reconcile.h"

#include "workers/dispatcher/locked_jobs.h"
#include "workers/dispatcher/stream_reply.h"

/* The last entry that group w delivered. */
static bool last_delivered(struct redis *redis, const char *name, struct entry_id *ret)
{
    redisReply *reply = redis_run(redis, "XINFO GROUPS %s", name);
    bool known = stream_reply_last_delivered(reply, ret);
    if (reply)
        freeReplyObject(reply);
    return known;
}

static void sort_entries(struct dispatcher *dispatcher, const redisReply *entries,
                         const redisReply *pending, struct entry_id last, short worker,
                         short stream, struct carried *ret)
{
    for (size_t i = 0; i < entries->elements; i++) {
        struct stream_entry entry = stream_entry_of(entries->element[i], stream);
        if (stream_reply_is_alive(&entry, pending, last)) {
            for (int j = 0; j < entry.count; j++)
                carried_add(ret, (struct carried_job){entry.jobs[j], entry_id_of(entry.id), worker,
                                                      stream});
        } else {
            dispatcher->ghosts++;
            redisReply *removed = redis_run(dispatcher->redis, "XDEL %s %s",
                                            dispatcher->streams[worker].names[stream], entry.id);
            if (removed)
                freeReplyObject(removed);
        }
    }
}

static bool read_stream(struct dispatcher *dispatcher, short worker, short stream,
                        struct carried *ret)
{
    struct entry_id last = {0, 0};
    struct redis *redis = dispatcher->redis;
    const char *name = dispatcher->streams[worker].names[stream];
    if (!last_delivered(redis, name, &last))
        return false;
    redis_add(redis, "MULTI");
    redis_add(redis, "XRANGE %s - +", name);
    redis_add(redis, "XPENDING %s w - + 50000", name);
    redis_add(redis, "EXEC");
    redisReply *reply = NULL;
    for (int i = 0; i < 4; i++) {
        if (reply)
            freeReplyObject(reply);
        reply = redis_read(redis);
        if (!reply)
            return false;
    }
    bool whole = reply->type == REDIS_REPLY_ARRAY && reply->elements == 2
                 && reply->element[0]->type == REDIS_REPLY_ARRAY
                 && reply->element[1]->type == REDIS_REPLY_ARRAY;
    if (whole)
        sort_entries(dispatcher, reply->element[0], reply->element[1], last, worker, stream, ret);
    freeReplyObject(reply);
    return whole;
}

bool reconcile_streams(struct dispatcher *dispatcher)
{
    struct arena *arena = arena_new();
    struct carried found = {0};
    bool whole = true;
    for (short w = 0; whole && w < dispatcher->count; w++)
        for (short s = 0; whole && s < STREAMS; s++) {
            whole = read_stream(dispatcher, w, s, &found);
            dispatcher->entries[w][s] = found.entries_of[w][s];
        }
    dispatcher->looked = whole;
    if (whole) {
        size_t lost = dispatcher->carried.now.count;
        int64_t *ids = arena_array(arena, lost + 1, sizeof *ids);
        lost = carried_replace(&dispatcher->carried, &found, ids);
        whole = locked_jobs_find(dispatcher, ids, lost, "lost");
    }
    carried_free(&found);
    arena_free(arena);
    return whole;
}
