/* SPDX-License-Identifier: EUPL-1.2 */
/* The jobs that streams carry, as far as this dispatcher knows: what it published, and what it found when
 * it last looked into the streams (reconcile.c).
 *
 * It may hold more than there is: a job waits until the next look at most. It may hold less, when another
 * dispatcher published too: a job is sent twice then, and done once, because a claim locks its row. */
#ifndef MAATWERK_DISPATCHER_CARRIED_H
#define MAATWERK_DISPATCHER_CARRIED_H

#include "lib/base/limits.h"
#include "workers/dispatcher/replies.h"

struct carried_job {
    int64_t job;
    struct place place;
    short worker, stream;
};

struct job_list {
    struct carried_job *at;
    size_t count, room;
};

struct carried {
    struct job_list now;
    struct job_list left; /* still there, but went on without their entries */
    struct job_list held; /* in no stream, but somebody had them locked; only `job` is said */
    size_t jobs_of[LIMIT_WORKERS][STREAMS];    /* how many of `now` in each stream */
    size_t entries_of[LIMIT_WORKERS][STREAMS]; /* and in how many entries */
};

void carried_add(struct carried *carried, struct carried_job entry);
void carried_clear(struct carried *carried);
void carried_free(struct carried *carried);

/* All jobs that are not to be sent: carried or held. `ids` has room for now.count + held.count. */
size_t carried_jobs(const struct carried *carried, int64_t *ids);

/* These jobs, and no others, somebody has. */
void carried_hold(struct carried *carried, const int64_t *ids, size_t count);

/* No stream carries these jobs any more, whatever entries of them are left, and nobody holds them. Keeps in
 * `ids` those of which it was known that a stream did, sorted, and returns how many. */
size_t carried_forget(struct carried *carried, int64_t *ids, size_t count);

/* Of each stream, nothing is there before this place. */
void carried_trim(struct carried *carried, struct place firsts[LIMIT_WORKERS][STREAMS]);

/* How many jobs so many entries of this stream are, as far as is known. */
size_t carried_jobs_in(const struct carried *carried, int worker, int stream, size_t entries);

/* What was found takes the place of what was known, but for what is held; `found` is empty then. Writes the
 * jobs that are in no stream any more, at most carried->now.count. Returns how many. */
size_t carried_replace(struct carried *carried, struct carried *found, int64_t *ids);

#endif
