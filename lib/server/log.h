/* SPDX-License-Identifier: EUPL-1.2 */
/* One JSON line per request, without personal data: it has the id of the request, never of a
 * person, and no path or query. */
#ifndef MAATWERK_SERVER_LOG_H
#define MAATWERK_SERVER_LOG_H

#include "lib/server/exchange.h"

/* The lines of one loop that are not written yet. */
struct log_buffer *log_new(void);
void log_free(struct log_buffer *log);
/* Adds the line of a request that was answered. */
void log_request(struct log_buffer *log, const struct exchange *exchange, int status,
                 int64_t took_us);
/* Writes the collected lines. Called by the tick of the loop and at its end. */
void log_flush(struct log_buffer *log);

/* Writes one line about the program: log_event("ready", "port=8080"). The words are ours, never
 * input. */
void log_event(const char *event, const char *words);

#endif
