/* SPDX-License-Identifier: EUPL-1.2 */
/* What the replies of Redis say, for the dispatcher. Pure: any reply may come, what does not have the
 * expected shape says nothing. */
#ifndef MAATWERK_DISPATCHER_REPLIES_H
#define MAATWERK_DISPATCHER_REPLIES_H

#include "lib/queue/stream.h"

/* "1700000000000-3": order of entries. */
struct place {
    unsigned long long ms, seq;
};

struct place place_of(const char *id);
bool place_is_after(struct place a, struct place b);

/* XINFO GROUPS: the last entry that was delivered. False: there is no group. */
bool reply_last_delivered(const redisReply *groups, struct place *ret);

/* XINFO STREAM: before this place nothing is there. Without a stream nothing is said: the first place. */
struct place reply_first(const redisReply *stream);

/* XINFO CONSUMERS: the name of one of them, or NULL. */
const char *reply_consumer(const redisReply *one);

/* The reaper's script: the jobs that it moved, at most ENTRY_JOBS for each of reply->elements. Returns how many. */
size_t reply_jobs(const redisReply *reply, int64_t *ids);

/* Whether this entry of XRANGE is carried still: not delivered yet, or in the pending list (XPENDING). */
bool reply_is_alive(const struct stream_entry *entry, const redisReply *pending, struct place last);

#endif
