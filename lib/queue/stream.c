/* SPDX-License-Identifier: EUPL-1.2 */
/* Reading and ending entries. */
#include "lib/queue/stream.h"

#include "lib/base/str.h"

struct streams streams_of(const char *worker)
{
    static const char *const ends[STREAMS] = {"p0", "p1", "p2", "q"};
    struct streams streams;
    for (int i = 0; i < STREAMS; i++)
        snprintf(streams.names[i], STREAM_NAME_MAX, "mw:{s0}:%s:%s", worker, ends[i]);
    return streams;
}

/* The number of the stream with this name; STREAMS when there is none. */
static int number_of(const struct streams *streams, const char *name)
{
    int i = 0;
    while (i < STREAMS && (!name || strcmp(streams->names[i], name) != 0))
        i++;
    return i;
}

int stream_jobs(const char *text, int64_t jobs[ENTRY_JOBS])
{
    int count = 0;
    for (const char *at = text; at && count < ENTRY_JOBS;) {
        const char *comma = strchr(at, ',');
        struct str number = {at, comma ? (size_t)(comma - at) : strlen(at)};
        count += str_to_int(number, &jobs[count]);
        at = comma ? comma + 1 : NULL;
    }
    return count;
}

struct stream_entry stream_entry_of(const redisReply *reply, int stream)
{
    struct stream_entry entry = {.stream = stream};
    if (reply->elements != 2 || !reply->element[0]->str)
        return entry;
    snprintf(entry.id, sizeof entry.id, "%s", reply->element[0]->str);
    const redisReply *fields = reply->element[1];
    if (fields->type == REDIS_REPLY_ARRAY && fields->elements == 2 && fields->element[1]->str)
        entry.count = stream_jobs(fields->element[1]->str, entry.jobs);
    return entry;
}

int stream_entries(const redisReply *reply, const struct streams *streams,
                   struct stream_entry *entries, int room)
{
    int count = 0;
    for (size_t s = 0; reply->type == REDIS_REPLY_ARRAY && s < reply->elements; s++) {
        const redisReply *pair = reply->element[s];
        int stream = pair->elements == 2 ? number_of(streams, pair->element[0]->str) : STREAMS;
        for (size_t i = 0; stream < STREAMS && i < pair->element[1]->elements && count < room;
             i++) {
            entries[count] = stream_entry_of(pair->element[1]->element[i], stream);
            count += entries[count].id[0] != 0;
        }
    }
    return count;
}

/* Reads the entries of a reply and frees it. */
static bool take(redisReply *reply, const struct streams *streams, struct stream_entry *entries,
                 int *ret_count)
{
    bool there = !redis_is_error(reply);
    if (there)
        *ret_count = stream_entries(reply, streams, entries, STREAM_READ_MAX);
    if (reply)
        freeReplyObject(reply);
    return there;
}

static redisReply *read_one(struct redis *redis, const char *consumer, int count, const char *name)
{
    return redis_run(redis, "XREADGROUP GROUP w %s COUNT %d STREAMS %s >", consumer, count, name);
}

static redisReply *read_all(struct redis *redis, const struct streams *streams,
                            struct stream_read wanted)
{
    const char(*names)[STREAM_NAME_MAX] = streams->names;
    if (!wanted.block_ms)
        return redis_run(redis, "XREADGROUP GROUP w %s COUNT %d STREAMS %s %s %s > > >",
                         wanted.consumer, wanted.count, names[STREAM_P0], names[STREAM_P1],
                         names[STREAM_P2]);
    return redis_run(redis, "XREADGROUP GROUP w %s COUNT %d BLOCK %d STREAMS %s %s %s > > >",
                     wanted.consumer, wanted.count, wanted.block_ms, names[STREAM_P0],
                     names[STREAM_P1], names[STREAM_P2]);
}

bool streams_read(struct redis *redis, const struct streams *streams, struct stream_read wanted,
                  struct stream_entry entries[STREAM_READ_MAX], int *ret_count)
{
    int got = 0;
    bool there = true;
    wanted.count = wanted.count < STREAM_READ_MAX / 3 ? wanted.count : STREAM_READ_MAX / 3;
    if (!wanted.all)
        there = take(read_one(redis, wanted.consumer, 1, streams->names[STREAM_SUSPECTS]), streams,
                     entries, &got);
    if (there && !got && !wanted.all)
        there = take(read_one(redis, wanted.consumer, wanted.count, streams->names[STREAM_P0]),
                     streams, entries, &got);
    if (there && !got)
        there = take(read_all(redis, streams, wanted), streams, entries, &got);
    if (there)
        *ret_count = got;
    return there;
}

bool streams_recall(struct redis *redis, const struct stream_pending *pending, const char *after,
                    struct stream_entry entries[STREAM_READ_MAX], int *ret_count)
{
    return take(redis_run(redis, "XREADGROUP GROUP w %s COUNT %d STREAMS %s %s", pending->consumer,
                          STREAM_READ_MAX, pending->streams->names[pending->stream], after),
                pending->streams, entries, ret_count);
}

void streams_give_back(struct redis *redis, const struct streams *streams, const char *consumer)
{
    struct stream_entry entries[STREAM_READ_MAX];
    for (int s = 0; s < STREAMS; s++) {
        struct stream_pending pending = {streams, s, consumer};
        int count = 0;
        while (streams_recall(redis, &pending, "0", entries, &count) && count
               && streams_end(redis, streams, entries, count, false))
            ;
    }
}

/* Adds XACK and XDEL for the entries of one stream. Returns how many replies will come. */
static int add_end(struct redis *redis, const char *name, int stream,
                   const struct stream_entry *entries, int count)
{
    const char *acks[STREAM_READ_MAX + 3] = {"XACK", name, "w"};
    const char *deletes[STREAM_READ_MAX + 2] = {"XDEL", name};
    int ids = 0;
    for (int i = 0; i < count && ids < STREAM_READ_MAX; i++)
        if (entries[i].stream == stream) {
            acks[3 + ids] = entries[i].id;
            deletes[2 + ids++] = entries[i].id;
        }
    if (!ids)
        return 0;
    return redis_add_list(redis, 3 + ids, acks) + redis_add_list(redis, 2 + ids, deletes);
}

bool streams_end(struct redis *redis, const struct streams *streams,
                 const struct stream_entry *entries, int count, bool wake)
{
    int replies = 0;
    if ((count == 0 && !wake) || !redis_add(redis, "MULTI"))
        return false;
    for (int s = 0; s < STREAMS; s++)
        replies += add_end(redis, streams->names[s], s, entries, count);
    if (wake)
        replies +=
            redis_add(redis, "LPUSH mw:{s0}:wake 1") + redis_add(redis, "LTRIM mw:{s0}:wake 0 0");
    redis_add(redis, "EXEC");
    for (int i = 0; i < replies + 2; i++) {
        redisReply *reply = redis_read(redis);
        if (!reply)
            return false;
        freeReplyObject(reply);
    }
    return true;
}
