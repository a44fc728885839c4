/* SPDX-License-Identifier: EUPL-1.2 */
/* Publishes jobs that are ready, as far as the streams have room for them. */
#ifndef MAATWERK_DISPATCHER_REFILL_H
#define MAATWERK_DISPATCHER_REFILL_H

#include "workers/dispatcher/state.h"

/* Returns false when Redis or the database cannot be reached; else *ret_published says how many
 * jobs were published. Sets dispatcher->full when a stream had no room. */
bool refill_streams(struct dispatcher *dispatcher, struct arena *arena,
                    int *ret_published) MUST_CHECK;

#endif
