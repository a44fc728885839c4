/* SPDX-License-Identifier: EUPL-1.2 */
/* Compares what the dispatcher knows with what is in the streams. */
#ifndef MAATWERK_DISPATCHER_RECONCILE_H
#define MAATWERK_DISPATCHER_RECONCILE_H

#include "workers/dispatcher/state.h"

/* Learns from the streams which jobs they carry, and removes entries that no consumer owns. Jobs
 * that Redis lost are ready in PostgreSQL still, and will be sent again. Returns false when
 * Redis or the database cannot be reached. */
bool reconcile_streams(struct dispatcher *dispatcher) MUST_CHECK;

#endif
