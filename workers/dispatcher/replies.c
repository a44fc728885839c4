/* SPDX-License-Identifier: EUPL-1.2 */
/* Reading replies of Redis. */
#include "workers/dispatcher/replies.h"

#include "lib/base/str.h"

struct place place_of(const char *id)
{
    char *end = NULL;
    struct place place = {strtoull(id, &end, 10), 0};
    if (end && *end == '-')
        place.seq = strtoull(end + 1, NULL, 10);
    return place;
}

bool place_is_after(struct place a, struct place b)
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

bool reply_last_delivered(const redisReply *groups, struct place *ret)
{
    for (size_t g = 0; groups && groups->type == REDIS_REPLY_ARRAY && g < groups->elements; g++) {
        const char *id = field_of(groups->element[g], "last-delivered-id");
        if (id) {
            *ret = place_of(id);
            return true;
        }
    }
    return false;
}

struct place reply_first(const redisReply *stream)
{
    const redisReply *first = value_of(stream, "first-entry");
    const char *last = field_of(stream, "last-generated-id");
    if (first && first->type == REDIS_REPLY_ARRAY)
        return place_of(stream_entry_of(first, 0).id);
    struct place behind = last ? place_of(last) : (struct place){0, 0};
    behind.seq += behind.ms || behind.seq;
    return behind;
}

const char *reply_consumer(const redisReply *one)
{
    return field_of(one, "name");
}

size_t reply_jobs(const redisReply *reply, int64_t *ids)
{
    size_t count = 0;
    for (size_t i = 0; reply->type == REDIS_REPLY_ARRAY && i < reply->elements; i++)
        count += (size_t)stream_jobs(reply->element[i]->str, &ids[count]);
    return count;
}

bool reply_is_alive(const struct stream_entry *entry, const redisReply *pending, struct place last)
{
    if (place_is_after(place_of(entry->id), last))
        return true;
    for (size_t i = 0; i < pending->elements; i++) {
        const redisReply *one = pending->element[i];
        if (one->elements && one->element[0]->str && strcmp(one->element[0]->str, entry->id) == 0)
            return true;
    }
    return false;
}
