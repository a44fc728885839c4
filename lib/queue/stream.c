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

static int number_of(const struct streams *streams, const char *name)
{
    for (int i = 0; i < STREAMS; i++)
        if (name && strcmp(streams->names[i], name) == 0)
            return i;
    return -1;
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
        int stream = pair->elements == 2 ? number_of(streams, pair->element[0]->str) : -1;
        for (size_t i = 0; stream >= 0 && i < pair->element[1]->elements && count < room; i++) {
            entries[count] = stream_entry_of(pair->element[1]->element[i], stream);
            count += entries[count].id[0] != 0;
        }
    }
    return count;
}

static int take(redisReply *reply, const struct streams *streams, struct stream_entry *entries)
{
    if (!reply)
        return -1;
    int count =
        redis_is_error(reply) ? -1 : stream_entries(reply, streams, entries, STREAM_READ_MAX);
    freeReplyObject(reply);
    return count;
}

int streams_read(struct redis *redis, const struct streams *streams, const char *consumer,
                 int count, bool all, int block_ms, struct stream_entry entries[STREAM_READ_MAX])
{
    const char(*names)[STREAM_NAME_MAX] = streams->names;
    int room = count < STREAM_READ_MAX / 3 ? count : STREAM_READ_MAX / 3;
    int got = 0;
    if (!all)
        got = take(redis_run(redis, "XREADGROUP GROUP w %s COUNT 1 STREAMS %s >", consumer,
                             names[STREAM_SUSPECTS]),
                   streams, entries);
    if (got == 0 && !all)
        got = take(redis_run(redis, "XREADGROUP GROUP w %s COUNT %d STREAMS %s >", consumer, room,
                             names[STREAM_P0]),
                   streams, entries);
    if (got != 0)
        return got;
    if (!block_ms)
        return take(redis_run(redis, "XREADGROUP GROUP w %s COUNT %d STREAMS %s %s %s > > >",
                              consumer, room, names[STREAM_P0], names[STREAM_P1], names[STREAM_P2]),
                    streams, entries);
    return take(redis_run(redis, "XREADGROUP GROUP w %s COUNT %d BLOCK %d STREAMS %s %s %s > > >",
                          consumer, room, block_ms, names[STREAM_P0], names[STREAM_P1],
                          names[STREAM_P2]),
                streams, entries);
}

int streams_recall(struct redis *redis, const struct streams *streams, int stream,
                   const char *consumer, const char *after,
                   struct stream_entry entries[STREAM_READ_MAX])
{
    return take(redis_run(redis, "XREADGROUP GROUP w %s COUNT %d STREAMS %s %s", consumer,
                          STREAM_READ_MAX, streams->names[stream], after),
                streams, entries);
}

void streams_let_go(struct redis *redis, const struct streams *streams, const char *consumer)
{
    struct stream_entry entries[STREAM_READ_MAX];
    for (int s = 0; s < STREAMS; s++) {
        int count;
        while ((count = streams_recall(redis, streams, s, consumer, "0", entries)) > 0
               && streams_end(redis, streams, entries, count, false))
            ;
    }
}

/* Adds XACK and XDEL of the entries of one stream. Returns how many replies will come. */
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
            return false; /* the dispatcher finds what was not acknowledged */
        freeReplyObject(reply);
    }
    return true;
}
