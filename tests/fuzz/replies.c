/* SPDX-License-Identifier: EUPL-1.2 */
/* Any reply of Redis can be read: bytes of its protocol, parsed by hiredis. */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "workers/dispatcher/stream_reply.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { ROOM = 8 };

static void read_entries(const redisReply *reply)
{
    struct streams streams = streams_of("test");
    struct stream_entry entries[ROOM];
    int count = stream_entries(reply, &streams, entries, ROOM);
    if (count < 0 || count > ROOM)
        abort();
    for (int i = 0; i < count; i++)
        if (entries[i].stream < 0 || entries[i].stream >= STREAMS || !entries[i].id[0]
            || entries[i].count < 0 || entries[i].count > ENTRY_JOBS
            || memchr(entries[i].id, 0, sizeof entries[i].id) == NULL)
            abort();
}

/* [entries, pending], as the dispatcher compares them. */
static void compare(const redisReply *reply)
{
    struct entry_id last = {1700000000000, 1};
    for (size_t i = 0; reply->elements == 2 && i < reply->element[0]->elements; i++) {
        struct stream_entry entry = stream_entry_of(reply->element[0]->element[i], 0);
        stream_reply_is_alive(&entry, reply->element[1], last);
    }
}

static void read_lists(const redisReply *reply)
{
    struct entry_id last = {0, 0};
    bool there = stream_reply_last_delivered(reply, &last);
    if (!there && (last.ms || last.seq))
        abort();
    for (size_t i = 0; i < reply->elements; i++)
        stream_reply_consumer(reply->element[i]);
    size_t most = reply->elements * ENTRY_JOBS;
    int64_t *ids = malloc((most + 1) * sizeof *ids);
    if (!ids || stream_reply_jobs(reply, ids) > most)
        abort();
    free(ids);
}

/* Whether a list announces more than 9999 items: that only makes hiredis allocate memory. */
static bool is_long(const uint8_t *data, size_t size)
{
    for (size_t i = 0; i < size; i++) {
        size_t digits = 0;
        while (data[i] == '*' && i + digits + 1 < size && isdigit(data[i + digits + 1]))
            digits++;
        if (digits > 4)
            return true;
    }
    return false;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    void *reply = NULL;
    if (is_long(data, size))
        return 0;
    redisReader *reader = redisReaderCreate();
    redisReaderFeed(reader, (const char *)data, size);
    while (redisReaderGetReply(reader, &reply) == REDIS_OK && reply) {
        read_entries(reply);
        compare(reply);
        read_lists(reply);
        freeReplyObject(reply);
    }
    redisReaderFree(reader);
    return 0;
}
