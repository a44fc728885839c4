/* SPDX-License-Identifier: EUPL-1.2 */
/* One JSON line per request, without personal data: ids of requests, never of people; no
 * path, no query. */
#ifndef MAATWERK_SERVER_LOG_H
#define MAATWERK_SERVER_LOG_H

#include "lib/server/exchange.h"

struct log_buffer *log_new(void);
void log_free(struct log_buffer *log);
void log_request(struct log_buffer *log, const struct exchange *exchange, int status,
                 int64_t took_us);
/* Writes what is kept; called by the tick of the loop and at its end. */
void log_flush(struct log_buffer *log);

/* One line about the program: log_event("ready", "port=8080"). Words are ours, never input. */
void log_event(const char *event, const char *words);

#endif
