/* SPDX-License-Identifier: EUPL-1.2 */
/* One process of a worker that does jobs, one batch after the other. */
#ifndef MAATWERK_QUEUE_CHILD_H
#define MAATWERK_QUEUE_CHILD_H

#include "lib/base/config.h"
#include "lib/queue/kind.h"
#include "lib/queue/running.h"

/* Does jobs until *stopping (enum stopping) says that it must end, or until it is drained
 * (lib/queue/drain.h). `consumer` is the name under which it reads streams and sends its heartbeat.
 * Returns the exit status of the process. */
int child_run(const struct worker *worker, const struct config *config, const char *consumer,
              struct guard *guard, const atomic_int *stopping);

#endif
