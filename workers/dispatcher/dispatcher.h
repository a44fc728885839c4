/* SPDX-License-Identifier: EUPL-1.2 */
/* Carries committed jobs from PostgreSQL to Redis, fairly, and repairs what either of them lost.
 * Several dispatchers may run; one of them leads (it has a lease in PostgreSQL), the others wait.
 *
 *   step: are jobs due? promote, sweep │ do what operators asked │ every 5 s report
 *         │ was Redis emptied? begin anew │ every 2 s look into the streams │ reap dead workers
 *         │ measure the windows and fill them: one round trip each to Redis, PostgreSQL and Redis
 */
#ifndef MAATWERK_DISPATCHER_DISPATCHER_H
#define MAATWERK_DISPATCHER_DISPATCHER_H

#include "workers/dispatcher/state.h"

enum { REAP_MS = 250 /* between two looks for dead workers */ };

/* One round. Returns false when it does not lead, or when Redis or the database cannot be
 * reached; else *ret_published says how many jobs were published, and dispatcher->full whether
 * to look again soon. */
bool dispatcher_step(struct dispatcher *dispatcher, int *ret_published) MUST_CHECK;

#endif
