/* SPDX-License-Identifier: EUPL-1.2 */
/* The figures that only the dispatcher sees. */
#ifndef MAATWERK_DISPATCHER_REPORT_H
#define MAATWERK_DISPATCHER_REPORT_H

#include "workers/dispatcher/state.h"

/* Every few seconds, stores in the database what the dispatcher has seen in Redis, for the
 * metrics. When that fails, nothing else is affected and the figures are kept for the next time. */
void report_send(struct dispatcher *dispatcher);

#endif
