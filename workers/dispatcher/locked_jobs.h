/* SPDX-License-Identifier: EUPL-1.2 */
/* Jobs that no stream carries any more, but that a worker has locked: after a death that
 * PostgreSQL has not noticed yet, or after Redis was emptied. */
#ifndef MAATWERK_DISPATCHER_LOCKED_JOBS_H
#define MAATWERK_DISPATCHER_LOCKED_JOBS_H

#include "workers/dispatcher/state.h"

/* Asks the database which of these jobs, and of the jobs that were locked before, are locked
 * now. They wait until the next look; the other jobs will be sent again. With a reason, "lost"
 * or "gone", these jobs are counted for the metrics; `reason` may be NULL. Returns false when
 * the database cannot be reached. */
bool locked_jobs_find(struct dispatcher *dispatcher, const int64_t *ids, size_t count,
                      const char *reason) MUST_CHECK;

#endif
