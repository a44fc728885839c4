/* SPDX-License-Identifier: EUPL-1.2 */
/* The jobs that streams carry, as far as this dispatcher knows: what it published, and what it found when
 * it last looked into the streams (reconcile.c).
 *
 * It may hold more than there is, for a while: a job waits until the next look at most. It may hold less,
 * when another dispatcher published too: a job is sent twice then, and done once, because a claim locks its row. */
#ifndef MAATWERK_DISPATCHER_CARRIED_H
#define MAATWERK_DISPATCHER_CARRIED_H

#include "workers/dispatcher/replies.h"

enum { WORKERS_MAX = 16 };

struct carried_entry {
    int64_t job;
    struct place place;
    short worker, stream;
};

struct carried {
    struct carried_entry *entries;
    size_t count, room;
    size_t of[WORKERS_MAX][STREAMS]; /* how many in each stream */
};

void carried_add(struct carried *carried, struct carried_entry entry);
void carried_clear(struct carried *carried);
void carried_free(struct carried *carried);

/* No stream carries this job any more. False: it was not known that one did. */
bool carried_forget(struct carried *carried, int64_t job);

/* Of each stream, what stands before its first entry has ended. */
void carried_trim(struct carried *carried, struct place firsts[WORKERS_MAX][STREAMS]);

/* Writes the jobs that `now` does not have, at most before->count. Returns how many. Sorts `now` by job. */
size_t carried_lost(const struct carried *before, struct carried *now, int64_t *ids);

#endif
