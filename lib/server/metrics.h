/* SPDX-License-Identifier: EUPL-1.2 */
/* The figures of a service, for Prometheus: per operation of the contract, per pool and per
 * loop. They never contain a path, an identifier or a person. Each loop counts for itself; a
 * scrape adds the loops up. */
#ifndef MAATWERK_SERVER_METRICS_H
#define MAATWERK_SERVER_METRICS_H

#include "lib/server/exchange.h"

/* The figures of one loop. They live as long as the process: another loop may be reading them. */
struct metrics *metrics_new(const struct server *server);

/* Counts an answer that was sent. */
void metrics_request(struct metrics *metrics, const struct exchange *exchange, int status,
                     int64_t took_us);

/* Notes the present state of the loop and its pools. Called by the tick of the loop. */
void metrics_sample(struct loop *loop);

/* Prints the figures of all loops. May be called on any thread. */
void metrics_print(struct buf *out, const struct server *server);

#endif
