/* SPDX-License-Identifier: EUPL-1.2 */
/* What happens to a job whose attempt failed: it waits for its next attempt, or becomes a dead
 * letter. */
#ifndef MAATWERK_QUEUE_FAILURE_H
#define MAATWERK_QUEUE_FAILURE_H

#include "lib/queue/job.h"

/* The error that is stored with the job; never NULL. */
const char *failure_error(const struct work *work);

/* How long the job waits, in milliseconds as text: only when the other side asked us to wait
 * (`later`) and said how long. Otherwise absent: the delay of the kind. */
struct str failure_delay(const struct work *work, bool later);

/* "t" when the attempt does not count: after an outage, or when the other side asked us to wait
 * without saying how long; else "f". (When it says how long, queue.retry() lets the first 50
 * times be free.) */
struct str failure_is_free(const struct work *work, bool later, bool outage);

/* Adds the statement that retries or kills the job, as `end` says (not JOB_DONE, not
 * JOB_UNAVAILABLE). */
void failure_add(struct plan *plan, const struct work *work, enum job_end end);

/* Undoes the effect of the job up to its savepoint, and retries or kills it. Returns `end`, or
 * JOB_UNAVAILABLE. */
enum job_end failure_store(struct work *work, enum job_end end) MUST_CHECK;

#endif
