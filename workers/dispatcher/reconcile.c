/* SPDX-License-Identifier: EUPL-1.2 */
/* PostgreSQL says what is dispatched, Redis what it carries: where they differ, PostgreSQL is
 * right.
 *
 * An entry is alive when no consumer has had it yet, or when it is in a pending list. One that was
 * delivered and is in no pending list belongs to nobody: a ghost, removed. */
#include "workers/dispatcher/dispatcher.h"
#include "workers/dispatcher/gen/queries.h"
#include "workers/dispatcher/replies.h"

enum { LIVE_MAX = 65536 };

struct live {
    int64_t *jobs;
    size_t count, ghosts;
};

/* Of group w: the last entry that was delivered. */
static bool last_delivered(struct redis *redis, const char *name, struct place *ret)
{
    redisReply *reply = redis_run(redis, "XINFO GROUPS %s", name);
    bool known = reply_last_delivered(reply, ret);
    if (reply)
        freeReplyObject(reply);
    return known;
}

static void sort_entries(struct redis *redis, const char *name, const redisReply *entries,
                         const redisReply *pending, struct place last, struct live *live)
{
    for (size_t i = 0; i < entries->elements; i++) {
        struct stream_entry entry = stream_entry_of(entries->element[i], 0);
        if (reply_is_alive(&entry, pending, last)) {
            if (live->count < LIVE_MAX)
                live->jobs[live->count++] = entry.job;
        } else {
            live->ghosts++;
            redisReply *removed = redis_run(redis, "XDEL %s %s", name, entry.id);
            if (removed)
                freeReplyObject(removed);
        }
    }
}

static bool read_stream(struct redis *redis, const char *name, struct live *live)
{
    struct place last = {0, 0};
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
        sort_entries(redis, name, reply->element[0], reply->element[1], last, live);
    freeReplyObject(reply);
    return whole;
}

static int by_number(const void *left, const void *right)
{
    int64_t a = *(const int64_t *)left, b = *(const int64_t *)right;
    return a < b ? -1 : a > b;
}

static bool give_back(struct dispatcher *dispatcher, struct arena *arena, const PGresult *rows,
                      struct live *live)
{
    size_t lost = 0, count = (size_t)PQntuples(rows);
    int64_t *ids = arena_array(arena, count ? count : 1, sizeof *ids);
    qsort(live->jobs, live->count, sizeof *live->jobs, by_number);
    for (size_t i = 0; i < count; i++) {
        int64_t id = 0;
        str_to_int(str_of(PQgetvalue(rows, (int)i, 0)), &id);
        if (!bsearch(&id, live->jobs, live->count, sizeof id, by_number))
            ids[lost++] = id;
    }
    if (!lost)
        return true;
    struct ctx ctx = {.arena = arena};
    struct plan plan = {.ctx = &ctx};
    sql_dispatcher_redispatch(&plan, (struct sql_dispatcher_redispatch){
                                         .ids = plan_ids(&plan, ids, lost)});
    return session_run(dispatcher->db, &plan) == OK;
}

bool dispatcher_reconcile(struct dispatcher *dispatcher)
{
    struct arena *arena = arena_new();
    struct ctx ctx = {.arena = arena};
    struct plan plan = {.ctx = &ctx};
    const struct statement *rows = sql_dispatcher_dispatched(&plan);
    bool right = session_run(dispatcher->db, &plan) == OK;
    struct live live = {arena_array(arena, LIVE_MAX, sizeof(int64_t)), 0, 0};
    for (int w = 0; right && w < dispatcher->count; w++)
        for (int s = 0; right && s < STREAMS; s++) {
            size_t before = live.count;
            right = read_stream(dispatcher->redis, dispatcher->streams[w].names[s], &live);
            dispatcher->entries[w][s] = live.count - before;
        }
    dispatcher->looked = right;
    dispatcher->ghosts += (int64_t)live.ghosts;
    right = right && live.count < LIVE_MAX && give_back(dispatcher, arena, rows->result, &live);
    arena_free(arena);
    return right;
}
