/* SPDX-License-Identifier: EUPL-1.2 */
/* The jobs that streams carry, as far as this dispatcher knows: it published them, or found them
 * when it last looked into the streams (reconcile.c).
 *
 * The list may have jobs that no stream carries any more: such a job waits until the next look.
 * The list may lack jobs, when another dispatcher published too: such a job is sent twice and
 * done once, because a claim locks its row. */
#ifndef MAATWERK_DISPATCHER_CARRIED_H
#define MAATWERK_DISPATCHER_CARRIED_H

#include "lib/base/limits.h"
#include "workers/dispatcher/stream_reply.h"

struct carried_job {
    int64_t job;
    struct entry_id entry;
    short worker, stream;
};

struct job_list {
    struct carried_job *at;
    size_t count, room;
};

struct carried {
    struct job_list now;
    struct job_list left;   /* the entry is still there, but the job went on without it */
    struct job_list locked; /* in no stream, but a worker had them locked; only `job` is set */
    size_t jobs_of[LIMIT_WORKERS][STREAMS];    /* number of jobs of `now` in each stream */
    size_t entries_of[LIMIT_WORKERS][STREAMS]; /* number of entries that carry them */
};

/* Adds a job. The jobs of one entry must be added one after the other. */
void carried_add(struct carried *carried, struct carried_job job);

/* Forgets everything; keeps the memory. */
void carried_clear(struct carried *carried);

void carried_free(struct carried *carried);

/* Writes all jobs that must not be sent: those that a stream carries, and those that are locked.
 * `ids` has room for now.count + locked.count. Returns how many there are. */
size_t carried_jobs(const struct carried *carried, int64_t *ids);

/* Replaces the list of jobs that workers have locked. */
void carried_set_locked(struct carried *carried, const int64_t *ids, size_t count);

/* These jobs go on without their entries, and no worker has them locked: they may be sent again.
 * Keeps in `ids`, sorted, the jobs that a stream was known to carry, and returns how many. */
size_t carried_forget(struct carried *carried, int64_t *ids, size_t count);

/* Forgets the jobs of entries that have ended: in each stream, entries before `firsts`. */
void carried_trim(struct carried *carried, struct entry_id firsts[LIMIT_WORKERS][STREAMS]);

/* An estimate of the number of jobs in this many entries of a stream. */
size_t carried_jobs_in(const struct carried *carried, int worker, int stream, size_t entries);

/* Replaces what was known by what was found in the streams, except for the locked jobs; `found`
 * is empty after this. Writes the jobs that are in no stream any more, at most
 * carried->now.count. Returns how many. */
size_t carried_replace(struct carried *carried, struct carried *found, int64_t *ids);

#endif
