/* SPDX-License-Identifier: EUPL-1.2 */
/* One process of a worker that does jobs, one batch after the other. */
#ifndef MAATWERK_QUEUE_CHILD_H
#define MAATWERK_QUEUE_CHILD_H

#include "lib/base/config.h"
#include "lib/queue/fallback.h"
#include "lib/queue/kind.h"
#include "lib/queue/running.h"

/* What the supervisor gives to a child. */
struct child_post {
    const char *consumer; /* under which the child reads streams and sends its heartbeat */
    struct guard *guard;
    struct fallback *fallback;
    bool careful; /* the child before it died: something that it took may kill this one too */
};

/* Does jobs until *stopping (enum stopping) says that it must end, or until it is drained
 * (lib/queue/drain.h). Returns the exit status of the process. */
int child_run(const struct worker *worker, const struct config *config,
              const struct child_post *post, const atomic_int *stopping);

#endif
