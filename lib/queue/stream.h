/* SPDX-License-Identifier: EUPL-1.2 */
/* The streams that carry ids of jobs to the workers of one program: three by priority, and one for
 * suspects.
 *
 *   mw:{s0}:<worker>:p0 p1 p2   entry: j <job id>[,<job id>…]: several when they are ended quickly
 *   mw:{s0}:<worker>:q          jobs that a worker died with
 *   mw:{s0}:hb:<consumer>       alive for 5 s; the value names its program
 *   mw:{s0}:inc                 absent: Redis was emptied
 *   mw:{s0}:wake                a hint for the dispatcher
 *
 * The names share one hash tag, so that a cluster keeps them together. The group is "w". */
#ifndef MAATWERK_QUEUE_STREAM_H
#define MAATWERK_QUEUE_STREAM_H

#include "lib/queue/redis.h"

enum { STREAM_P0, STREAM_P1, STREAM_P2, STREAM_SUSPECTS, STREAMS };
enum { STREAM_NAME_MAX = 64, STREAM_ENTRY_MAX = 48, STREAM_READ_MAX = 256, ENTRY_JOBS = 5 };

struct streams {
    char names[STREAMS][STREAM_NAME_MAX];
};

struct streams streams_of(const char *worker);

/* What was read: which jobs, and the entry to acknowledge when all have been seen to. */
struct stream_entry {
    int64_t jobs[ENTRY_JOBS];
    int count, stream;
    char id[STREAM_ENTRY_MAX];
};

/* "7,8,9". What is no number, or too many, is left out. Returns how many. */
int stream_jobs(const char *text, int64_t jobs[ENTRY_JOBS]);

/* One entry of a reply: [id, [j, numbers]]. One that is not ours has no jobs; one without id, no id. */
struct stream_entry stream_entry_of(const redisReply *reply, int stream);

/* Those of [[name, [entry, …]], …] that have an id and are of one of these streams. Returns how many; nil: none. */
int stream_entries(const redisReply *reply, const struct streams *streams,
                   struct stream_entry *entries, int room);

/* Reads at most `count` entries per stream for `consumer`: what is urgent alone when there is any, else,
 * or when it is the turn of `all`, of each stream, waiting `block_ms` at most (0: not at all). Suspects
 * come one at a time and alone. Returns how many, or -1 when Redis is away or was emptied. */
int streams_read(struct redis *redis, const struct streams *streams, const char *consumer,
                 int count, bool all, int block_ms, struct stream_entry entries[STREAM_READ_MAX]);

/* Reads again what `consumer` was given of one stream and has not ended: an answer that was lost on its
 * way, or entries that it held. Those behind entry `after`; "0" from the first. */
int streams_recall(struct redis *redis, const struct streams *streams, int stream,
                   const char *consumer, const char *after,
                   struct stream_entry entries[STREAM_READ_MAX]);

/* Hands back whatever `consumer` has not ended: its entries are taken away, and PostgreSQL offers the
 * jobs again. For a consumer that reads no more; left pending they would count as its crash. */
void streams_let_go(struct redis *redis, const struct streams *streams, const char *consumer);

/* Acknowledges and removes, in one step; `wake`: the dispatcher may find something new. False: Redis is
 * away, or there was nothing. */
bool streams_end(struct redis *redis, const struct streams *streams,
                 const struct stream_entry *entries, int count, bool wake);

#endif
