/* SPDX-License-Identifier: EUPL-1.2 */
/* How long a job may take (queue.kind.timeout_ms). The database ends a statement that takes longer; what
 * takes longer outside the database is ended by its process:
 *
 *   1 x    statement_timeout: the attempt has failed, the next one comes later
 *   1.5 x  the heart of the child ends its process
 *   2 x    its supervisor kills it, when the heart could not
 *
 * The guard is memory that a child shares with its supervisor. */
#ifndef MAATWERK_QUEUE_GUARD_H
#define MAATWERK_QUEUE_GUARD_H

#include <stdbool.h>
#include <stdint.h>

struct guard;

struct guard *guard_new(void);

/* A job begins that may take so long; it has ended. */
void guard_begin(struct guard *guard, int32_t timeout_ms);
void guard_end(struct guard *guard);

/* Whether the job that runs has taken more than `tenths` tenths of its time. */
bool guard_is_over(const struct guard *guard, int tenths);

enum { GUARD_HEART = 15, GUARD_SUPERVISOR = 20, GUARD_STATUS = 65 };

#endif
