/* SPDX-License-Identifier: EUPL-1.2 */
/* Reads replies of Redis about streams. Any reply may come: a reply without the expected shape
 * is read as if it said nothing. */
#ifndef MAATWERK_DISPATCHER_STREAM_REPLY_H
#define MAATWERK_DISPATCHER_STREAM_REPLY_H

#include "lib/queue/stream.h"

/* The id of an entry, "1700000000000-3". Ids order the entries of a stream. */
struct entry_id {
    unsigned long long ms, seq;
};

struct entry_id entry_id_of(const char *id);
bool entry_id_is_after(struct entry_id a, struct entry_id b);

/* XINFO GROUPS: the last entry that was delivered to a consumer. Returns false when there is no
 * group. */
bool stream_reply_last_delivered(const redisReply *groups, struct entry_id *ret) MUST_CHECK;

/* XINFO STREAM: no entry of the stream has a smaller id than this. Zero when the reply does not
 * say. */
struct entry_id stream_reply_first(const redisReply *stream);

/* One item of XINFO CONSUMERS: the name of the consumer, or NULL. */
const char *stream_reply_consumer(const redisReply *one);

/* The reply of the script of the reaper: the jobs of the entries that it removed. `ids` has room
 * for ENTRY_JOBS of each of reply->elements. Returns how many jobs there are. */
size_t stream_reply_jobs(const redisReply *reply, int64_t *ids);

/* Whether an entry of XRANGE still waits for its end: it was not delivered yet (it is after
 * `last`), or it is in the pending list (XPENDING). */
bool stream_reply_is_alive(const struct stream_entry *entry, const redisReply *pending,
                           struct entry_id last);

#endif
