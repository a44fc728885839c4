/* SPDX-License-Identifier: EUPL-1.2 */
/* Reading streams, consumers and heartbeats. */
#include "services/cli/queue_redis.h"

#include <stdio.h>
#include <time.h>

#include "lib/queue/drain.h"
#include "lib/queue/stream.h"
#include "services/cli/command.h"

enum { LOOK_MAX = 65536 };

/* A function that is called for each stream of each program. It separates the JSON values that
 * it adds by commas. */
typedef void each_stream(struct gather *gather, struct buf *out, const char *worker,
                         const char *stream);

static void for_streams(struct gather *gather, struct buf *out, each_stream *each)
{
    PGresult *workers = must_run(gather->pg, "select w from queue.workers() w", 0, NULL);
    for (int w = 0; w < PQntuples(workers); w++) {
        struct streams streams = streams_of(PQgetvalue(workers, w, 0));
        for (int s = 0; s < STREAMS; s++)
            each(gather, out, PQgetvalue(workers, w, 0), streams.names[s]);
    }
    PQclear(workers);
}

static void separate(struct buf *out, char open)
{
    if (out->len && out->at[out->len - 1] != open)
        buf_add_char(out, ',');
}

static bool exists(struct gather *gather, const char *what, const char *name)
{
    redisReply *reply = redis_run(gather->redis, "EXISTS mw:{s0}:%s:%s", what, name);
    bool there = !redis_is_error(reply) && reply->integer > 0;
    if (reply)
        freeReplyObject(reply);
    return there;
}

/* The value of a field in a flat list of names and values, or NULL. */
static const redisReply *field_of(const redisReply *list, const char *name)
{
    for (size_t i = 0; i + 1 < list->elements; i += 2)
        if (list->element[i]->str && strcmp(list->element[i]->str, name) == 0)
            return list->element[i + 1];
    return NULL;
}

static void add_consumer(struct gather *gather, struct buf *out, const char *worker,
                         const redisReply *one)
{
    const redisReply *name = field_of(one, "name"), *pending = field_of(one, "pending"),
                     *idle = field_of(one, "idle");
    if (!name || !pending || !idle)
        return;
    bool drained = exists(gather, "drain", name->str) || exists(gather, "drain", worker);
    separate(out, '[');
    buf_print(out, "{\"worker\":\"%s\",\"consumer\":", worker);
    buf_add_json(out, str_of(name->str));
    buf_print(out, ",\"alive\":%s,\"drain\":%s,\"pending\":%lld,\"idle_ms\":%lld}",
              exists(gather, "hb", name->str) ? "true" : "false", drained ? "true" : "false",
              pending->integer, idle->integer);
}

static void add_consumers(struct gather *gather, struct buf *out, const char *worker,
                          const char *stream)
{
    redisReply *reply = redis_run(gather->redis, "XINFO CONSUMERS %s w", stream);
    for (size_t i = 0; !redis_is_error(reply) && i < reply->elements; i++)
        add_consumer(gather, out, worker, reply->element[i]);
    if (reply)
        freeReplyObject(reply);
    if (stream[strlen(stream) - 1] == 'q' && exists(gather, "drain", worker)) {
        separate(out, '[');
        buf_print(out, "{\"worker\":\"%s\",\"drain\":true}", worker);
    }
}

/* Adds the consumer of a heartbeat; the value of the heartbeat names its program. */
static void add_beat(struct gather *gather, struct buf *out, const char *key)
{
    static const char prefix[] = "mw:{s0}:hb:";
    const char *consumer = key + sizeof prefix - 1;
    redisReply *worker = redis_run(gather->redis, "GET %s", key);
    if (worker && worker->type == REDIS_REPLY_STRING) {
        bool drained = exists(gather, "drain", consumer) || exists(gather, "drain", worker->str);
        separate(out, '[');
        buf_add(out, S("{\"worker\":"));
        buf_add_json(out, str_of(worker->str));
        buf_add(out, S(",\"consumer\":"));
        buf_add_json(out, str_of(consumer));
        buf_print(out, ",\"alive\":true,\"drain\":%s,\"pending\":0}", drained ? "true" : "false");
    }
    if (worker)
        freeReplyObject(worker);
}

/* Adds all heartbeats: a consumer that has not read an entry yet is in no stream, and is known
 * only by its heartbeat. */
static void add_beats(struct gather *gather, struct buf *out)
{
    struct str cursor = S("0");
    do {
        redisReply *reply =
            redis_run(gather->redis, "SCAN %s MATCH mw:{s0}:hb:* COUNT 1000", cursor.at);
        bool there = !redis_is_error(reply) && reply->elements == 2;
        cursor = there ? arena_copy(gather->arena, str_of(reply->element[0]->str)) : S("0");
        for (size_t i = 0; there && i < reply->element[1]->elements; i++)
            add_beat(gather, out, reply->element[1]->element[i]->str);
        if (reply)
            freeReplyObject(reply);
    } while (!str_equal(cursor, S("0")));
}

static bool redis_there(struct gather *gather)
{
    if (redis_ready(gather->redis))
        return true;
    fprintf(stderr, "maatwerk: Redis cannot be reached\n");
    return false;
}

struct str gather_consumers(struct gather *gather)
{
    struct buf out = buf_in(gather->arena);
    if (!redis_there(gather))
        return (struct str){0};
    buf_add_char(&out, '[');
    for_streams(gather, &out, add_consumers);
    add_beats(gather, &out);
    buf_add_char(&out, ']');
    return buf_str(&out);
}

static void add_pending(struct gather *gather, struct buf *out, const char *stream, const char *id)
{
    redisReply *reply = redis_run(gather->redis, "XPENDING %s w %s %s 1", stream, id, id);
    if (!redis_is_error(reply) && reply->elements == 1 && reply->element[0]->elements == 4) {
        const redisReply *one = reply->element[0];
        buf_add(out, S(",\"consumer\":"));
        buf_add_json(out, str_of(one->element[1]->str));
        buf_print(out, ",\"idle_ms\":%lld,\"deliveries\":%lld", one->element[2]->integer,
                  one->element[3]->integer);
    }
    if (reply)
        freeReplyObject(reply);
}

static void add_entries(struct gather *gather, struct buf *out, const char *worker,
                        const char *stream)
{
    (void)worker;
    int64_t wanted = 0;
    str_to_int(str_of(gather->word), &wanted);
    redisReply *reply = redis_run(gather->redis, "XRANGE %s - + COUNT %d", stream, LOOK_MAX);
    for (size_t i = 0; !redis_is_error(reply) && i < reply->elements; i++) {
        struct stream_entry entry = stream_entry_of(reply->element[i], 0);
        for (int j = 0; j < entry.count; j++) {
            if (entry.jobs[j] != wanted)
                continue;
            separate(out, '[');
            buf_print(out, "{\"stream\":\"%s\",\"entry\":\"%s\"", stream, entry.id);
            add_pending(gather, out, stream, entry.id);
            buf_add_char(out, '}');
        }
    }
    if (reply)
        freeReplyObject(reply);
}

struct str gather_entries(struct gather *gather)
{
    struct buf out = buf_in(gather->arena);
    buf_add_char(&out, '[');
    if (redis_ready(gather->redis))
        for_streams(gather, &out, add_entries);
    buf_add_char(&out, ']');
    return buf_str(&out);
}

static void add_carried(struct gather *gather, struct buf *out, const char *worker,
                        const char *stream)
{
    (void)worker;
    redisReply *reply = redis_run(gather->redis, "XRANGE %s - + COUNT %d", stream, LOOK_MAX);
    for (size_t i = 0; !redis_is_error(reply) && i < reply->elements; i++) {
        struct stream_entry entry = stream_entry_of(reply->element[i], 0);
        for (int j = 0; j < entry.count; j++) {
            separate(out, '[');
            buf_add_int(out, entry.jobs[j]);
        }
    }
    if (reply)
        freeReplyObject(reply);
}

/* Adds the number of ghosts of a stream, counted in one step: entries up to the last delivered
 * one, less the entries in a pending list. No consumer owns them. */
static void add_ghosts(struct gather *gather, struct buf *out, const char *worker,
                       const char *stream)
{
    static const char script[] =
        "local groups = redis.pcall('XINFO', 'GROUPS', KEYS[1]) "
        "if groups.err or #groups == 0 then return 0 end "
        "local last = '0' "
        "for i = 1, #groups[1], 2 do "
        "  if groups[1][i] == 'last-delivered-id' then last = groups[1][i + 1] end end "
        "local had = #redis.call('XRANGE', KEYS[1], '-', last) "
        "return math.max(0, had - redis.call('XPENDING', KEYS[1], 'w')[1])";
    (void)worker;
    redisReply *reply = redis_run(gather->redis, "EVAL_RO %s 1 %s", script, stream);
    separate(out, '[');
    buf_print(out, "%lld", reply && reply->type == REDIS_REPLY_INTEGER ? reply->integer : 0);
    if (reply)
        freeReplyObject(reply);
}

static void add_list(struct gather *gather, struct buf *out, const char *name, each_stream *each)
{
    buf_print(out, ",\"%s\":[", name);
    for_streams(gather, out, each);
    buf_add_char(out, ']');
}

static long long redis_ms(struct gather *gather)
{
    redisReply *reply = redis_run(gather->redis, "TIME");
    long long ms = 0;
    if (!redis_is_error(reply) && reply->elements == 2)
        ms = strtoll(reply->element[0]->str, NULL, 10) * 1000
             + strtoll(reply->element[1]->str, NULL, 10) / 1000;
    if (reply)
        freeReplyObject(reply);
    return ms;
}

struct str gather_health(struct gather *gather)
{
    struct buf out = buf_in(gather->arena);
    bool there = redis_ready(gather->redis);
    buf_print(&out, "{\"unreachable\":%s", there ? "false" : "true");
    if (there) {
        add_list(gather, &out, "carried", add_carried);
        add_list(gather, &out, "ghosts", add_ghosts);
        add_list(gather, &out, "consumers", add_consumers);
        buf_print(&out, ",\"redis_ms\":%lld", redis_ms(gather));
    }
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    buf_print(&out, ",\"here_ms\":%lld}", (long long)now.tv_sec * 1000 + now.tv_nsec / 1000000);
    return buf_str(&out);
}

static bool is_worker(struct gather *gather)
{
    PGresult *row =
        must_run(gather->pg, "select 1 from queue.workers() w where w = $1", 1, &gather->word);
    bool known = PQntuples(row) == 1 || exists(gather, "hb", gather->word)
                 || exists(gather, "drain", gather->word);
    PQclear(row);
    if (!known)
        fprintf(stderr, "maatwerk: no program and no consumer %s\n", gather->word);
    return known;
}

static struct str drain(struct gather *gather, bool asked)
{
    if (!redis_there(gather) || !is_worker(gather))
        return (struct str){0};
    if (drain_ask(gather->redis, gather->word, asked))
        return gather_consumers(gather);
    fprintf(stderr, "maatwerk: Redis cannot be reached\n");
    return (struct str){0};
}

struct str gather_drain(struct gather *gather)
{
    return drain(gather, true);
}

struct str gather_end_drain(struct gather *gather)
{
    return drain(gather, false);
}
