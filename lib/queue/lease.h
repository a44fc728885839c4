/* SPDX-License-Identifier: EUPL-1.2 */
/* Jobs with an effect outside PostgreSQL: each call is noted before it is made, and its result
 * after. */
#ifndef MAATWERK_QUEUE_LEASE_H
#define MAATWERK_QUEUE_LEASE_H

#include "lib/queue/executor.h"

/* How long a lease lasts. The heartbeat extends it while a call is being made. */
enum { LEASE_MS = 6000 };

/* Makes the calls for the rows of queue_lease, one after the other, until the child must stop.
 * Returns false when the database cannot be reached. A job that was not reached comes back when
 * its lease ends. */
bool lease_run(struct executor *executor, const PGresult *rows) MUST_CHECK;

#endif
