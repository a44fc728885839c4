/* SPDX-License-Identifier: EUPL-1.2 */
/* What a service did, in figures for Prometheus: per operation of the contract, per pool, per
 * loop; never a path, an identifier or a person. Each loop counts its own; who asks adds them
 * up. */
#ifndef MAATWERK_SERVER_METRICS_H
#define MAATWERK_SERVER_METRICS_H

#include "lib/server/exchange.h"

/* Lives as long as the process: another loop may be reading it. */
struct metrics *metrics_new(const struct server *server);

/* An answer was sent. */
void metrics_request(struct metrics *metrics, const struct exchange *exchange, int status,
                     int64_t took_us);

/* Notes how the loop and its pools are now; called by its tick, on its thread. */
void metrics_sample(struct loop *loop);

/* Everything of all loops, on any thread. */
void metrics_print(struct buf *out, const struct server *server);

#endif
