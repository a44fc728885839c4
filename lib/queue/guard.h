/* SPDX-License-Identifier: EUPL-1.2 */
/* Guards how long a job may take (queue.kind.timeout_ms). The database ends a statement that takes
 * longer. Outside the database, the process that runs the job is ended:
 *
 *   1 x     statement_timeout: the attempt has failed, the next attempt follows later
 *   1.5 x   the heartbeat thread of the child ends its process
 *   2 x     the supervisor kills the child, when the heartbeat thread could not end it
 *
 * A guard is memory that a child shares with its supervisor. */
#ifndef MAATWERK_QUEUE_GUARD_H
#define MAATWERK_QUEUE_GUARD_H

#include <stdbool.h>
#include <stdint.h>

enum {
    GUARD_TIMEOUT = 10, /* tenths of the time that a job may take */
    GUARD_HEARTBEAT = 15,
    GUARD_SUPERVISOR = 20,
    GUARD_STATUS = 65, /* exit status of a child that its heartbeat thread ended */
};

struct guard;

/* New shared memory; never NULL. It lives as long as the process. */
struct guard *guard_new(void);

/* A job begins that may take this long. */
void guard_begin(struct guard *guard, int32_t timeout_ms);

/* The job has ended. */
void guard_end(struct guard *guard);

/* Whether a job is running that has taken more than `tenths` tenths of its time. */
bool guard_is_over(const struct guard *guard, int tenths);

#endif
