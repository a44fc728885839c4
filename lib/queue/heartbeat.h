/* SPDX-License-Identifier: EUPL-1.2 */
/* A thread that says that its child lives. Besides:
 *
 *   - while a call to another system is being made, it extends the leases, for no longer than the job may take
 *   - when a job takes more than a second, it looks whether somebody cancelled the job
 *   - when a job takes too long, it ends the process (lib/queue/guard.h) */
#ifndef MAATWERK_QUEUE_HEARTBEAT_H
#define MAATWERK_QUEUE_HEARTBEAT_H

#include "lib/base/config.h"
#include "lib/queue/executor.h"

struct heartbeat;

/* Says once that the child lives, and starts the thread. The executor must stay until
 * heartbeat_stop(). */
struct heartbeat *heartbeat_start(const struct config *config, const struct executor *executor);

/* Ends the thread and waits for it. */
void heartbeat_stop(struct heartbeat *heartbeat);

/* Whether this child is asked to take no more work (lib/queue/drain.h). Known from the start. */
bool heartbeat_is_drained(const struct heartbeat *heartbeat);

#endif
