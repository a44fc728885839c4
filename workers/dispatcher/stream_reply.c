/* SPDX-License-Identifier: EUPL-1.2 */
/* Lists of names and values, and lists of entries. */
#include "workers/dispatcher/stream_reply.h"

#include "lib/base/str.h"

struct entry_id entry_id_of(const char *id)
{
    char *end = NULL;
    struct entry_id parsed = {strtoull(id, &end, 10), 0};
    if (end && *end == '-')
        parsed.seq = strtoull(end + 1, NULL, 10);
    return parsed;
}

bool entry_id_is_after(struct entry_id a, struct entry_id b)
{
    return a.ms > b.ms || (a.ms == b.ms && a.seq > b.seq);
}

/* The value of a field in a flat list of names and values, or NULL. */
static const redisReply *value_of(const redisReply *list, const char *name)
{
    for (size_t i = 0; i + 1 < list->elements; i += 2)
        if (list->element[i]->str && strcmp(list->element[i]->str, name) == 0)
            return list->element[i + 1];
    return NULL;
}

static const char *field_of(const redisReply *list, const char *name)
{
    const redisReply *value = value_of(list, name);
    return value ? value->str : NULL;
}

bool stream_reply_last_delivered(const redisReply *groups, struct entry_id *ret)
{
    for (size_t g = 0; groups && groups->type == REDIS_REPLY_ARRAY && g < groups->elements; g++) {
        const char *id = field_of(groups->element[g], "last-delivered-id");
        if (id) {
            *ret = entry_id_of(id);
            return true;
        }
    }
    return false;
}

struct entry_id stream_reply_first(const redisReply *stream)
{
    const redisReply *first = value_of(stream, "first-entry");
    const char *last = field_of(stream, "last-generated-id");
    if (first && first->type == REDIS_REPLY_ARRAY)
        return entry_id_of(stream_entry_of(first, 0).id);
    struct entry_id next = last ? entry_id_of(last) : (struct entry_id){0, 0};
    next.seq +=
        next.ms || next.seq; /* the stream is empty: the next entry comes after the last one */
    return next;
}

const char *stream_reply_consumer(const redisReply *one)
{
    return field_of(one, "name");
}

size_t stream_reply_jobs(const redisReply *reply, int64_t *ids)
{
    size_t count = 0;
    for (size_t i = 0; reply->type == REDIS_REPLY_ARRAY && i < reply->elements; i++)
        count += (size_t)stream_jobs(reply->element[i]->str, &ids[count]);
    return count;
}

bool stream_reply_is_alive(const struct stream_entry *entry, const redisReply *pending,
                           struct entry_id last)
{
    if (entry_id_is_after(entry_id_of(entry->id), last))
        return true;
    for (size_t i = 0; i < pending->elements; i++) {
        const redisReply *one = pending->element[i];
        if (one->elements && one->element[0]->str && strcmp(one->element[0]->str, entry->id) == 0)
            return true;
    }
    return false;
}
