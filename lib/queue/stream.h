/* SPDX-License-Identifier: EUPL-1.2 */
/* The streams that carry ids of jobs to the workers of one program: one per priority, and one for
 * suspects.
 *
 *   mw:{s0}:<worker>:p0 p1 p2   entry: j <job id>[,<job id>…]; it has several jobs when jobs end quickly
 *   mw:{s0}:<worker>:q          suspects: jobs that were running when their worker died
 *   mw:{s0}:hb:<consumer>       heartbeat, expires after 5 s; the value names the program
 *   mw:{s0}:inc                 a marker; when it is absent, Redis was emptied
 *   mw:{s0}:wake                a hint for the dispatcher
 *
 * All names share one hash tag, so that a cluster keeps them on one node. The consumer group of
 * every stream is called "w". */
#ifndef MAATWERK_QUEUE_STREAM_H
#define MAATWERK_QUEUE_STREAM_H

#include "lib/base/err.h"
#include "lib/queue/redis.h"

enum { STREAM_P0, STREAM_P1, STREAM_P2, STREAM_SUSPECTS, STREAMS };
enum { STREAM_NAME_MAX = 64, STREAM_ENTRY_MAX = 48, STREAM_READ_MAX = 256, ENTRY_JOBS = 5 };

struct streams {
    char names[STREAMS][STREAM_NAME_MAX];
};

/* The names of the streams of this program. */
struct streams streams_of(const char *worker);

/* One entry: its jobs, and the id under which it is acknowledged when all of them need no more
 * attention. */
struct stream_entry {
    int64_t jobs[ENTRY_JOBS];
    int count, stream;
    char id[STREAM_ENTRY_MAX];
};

/* Reads "7,8,9". Leaves out what is no number, and numbers beyond ENTRY_JOBS. Returns how many
 * it read. */
int stream_jobs(const char *text, int64_t jobs[ENTRY_JOBS]);

/* Reads one entry of a reply: [id, [j, numbers]]. An entry that we did not write has no jobs; an
 * entry without an id gets id "". */
struct stream_entry stream_entry_of(const redisReply *reply, int stream);

/* Reads [[name, [entry, …]], …]: the entries that have an id and belong to one of these streams.
 * Returns how many there are, at most `room`; nil has none. */
int stream_entries(const redisReply *reply, const struct streams *streams,
                   struct stream_entry *entries, int room);

/* What a consumer asks for. */
struct stream_read {
    const char *consumer;
    int count;    /* entries per stream, at most */
    bool all;     /* read all streams but the suspects, even when one of them has urgent entries */
    int block_ms; /* how long to wait for an entry; 0: do not wait */
};

/* Reads new entries for a consumer. A suspect comes first, alone. Then come urgent entries, when
 * there are any; otherwise entries of every stream. Returns false when Redis cannot be reached
 * or was emptied; else *ret_count says how many entries there are. */
bool streams_read(struct redis *redis, const struct streams *streams, struct stream_read wanted,
                  struct stream_entry entries[STREAM_READ_MAX], int *ret_count) MUST_CHECK;

/* The entries of one stream that a consumer has not ended. */
struct stream_pending {
    const struct streams *streams;
    int stream;
    const char *consumer;
};

/* Reads pending entries again: because the reply was lost on its way, or because the consumer
 * keeps them. Begins after the entry with id `after`; "0" is before the first. Returns false
 * when Redis cannot be reached; else *ret_count says how many entries there are. */
bool streams_recall(struct redis *redis, const struct stream_pending *pending, const char *after,
                    struct stream_entry entries[STREAM_READ_MAX], int *ret_count) MUST_CHECK;

/* Gives back every entry that `consumer` has not ended: removes them, and PostgreSQL offers
 * their jobs again. For a consumer that reads no more: entries that stay pending would count as
 * its crash. */
void streams_give_back(struct redis *redis, const struct streams *streams, const char *consumer);

/* Acknowledges and removes these entries in one step. With `wake` the dispatcher is told that
 * there may be new work. Returns false when there was nothing to do, or when Redis cannot be
 * reached: the dispatcher finds entries that were not acknowledged. */
bool streams_end(struct redis *redis, const struct streams *streams,
                 const struct stream_entry *entries, int count, bool wake);

#endif
