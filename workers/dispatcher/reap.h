/* SPDX-License-Identifier: EUPL-1.2 */
/* Workers that died. */
#ifndef MAATWERK_DISPATCHER_REAP_H
#define MAATWERK_DISPATCHER_REAP_H

#include "workers/dispatcher/state.h"

/* A worker without a heartbeat is dead: removes its entries from the streams and counts the
 * crash against their jobs, which become suspects and run alone from then on. Returns false when
 * Redis or the database cannot be reached. */
bool reap_dead(struct dispatcher *dispatcher) MUST_CHECK;

#endif
