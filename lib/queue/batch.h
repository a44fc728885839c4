/* SPDX-License-Identifier: EUPL-1.2 */
/* Jobs in one transaction: claimed by row lock, done one after the other, each after a
 * savepoint, and ended together. */
#ifndef MAATWERK_QUEUE_BATCH_H
#define MAATWERK_QUEUE_BATCH_H

#include "lib/queue/executor.h"

struct batch {
    struct executor *executor;
    bool contexts; /* the previous job of this transaction has set its context */
    bool together; /* the last batch that was taken succeeded in one round trip */
    bool lanes;    /* the last batch had jobs in lanes: the next jobs of those lanes may be ready */
    int64_t from_us; /* when the jobs at hand were taken */
};

/* Runs the jobs with these ids in one transaction. Jobs with an effect outside PostgreSQL are
 * leased in that transaction and run after it. Sets done[i] for each job that needs no more
 * attention: it is finished, waits for its next attempt, has become a dead letter, or is gone.
 * Returns false when the database cannot be reached. */
bool batch_run(struct batch *batch, const int64_t *ids, int count, bool *done) MUST_CHECK;

/* Sets done[i] for each of these jobs that needs no more attention, as batch_run() does, and runs
 * none. Returns false when the database cannot be reached. */
bool batch_find_ended(struct batch *batch, const int64_t *ids, int count, bool *done) MUST_CHECK;

/* Takes up to `count` jobs that are ready from PostgreSQL, without Redis, and runs them. Returns
 * false when the database cannot be reached; else *ret_taken says how many there were. */
bool batch_take(struct batch *batch, int count, int *ret_taken) MUST_CHECK;

/* The job that batch_take() would take first; 0 when there is none. It is not held. Returns false when
 * the database cannot be reached. */
bool batch_first(struct batch *batch, int64_t *ret_job) MUST_CHECK;

#endif
