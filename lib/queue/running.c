/* SPDX-License-Identifier: EUPL-1.2 */
/* Setting and reading under one lock. */
#include "lib/queue/running.h"

#include <string.h>

#include "lib/base/clock.h"

void running_set(struct running *running, const int64_t *ids, int count)
{
    pthread_mutex_lock(&running->lock);
    running->count = count < JOBS_MAX ? count : JOBS_MAX;
    running->since_ms = clock_ms();
    if (count)
        memcpy(running->ids, ids, (size_t)running->count * sizeof *ids);
    pthread_mutex_unlock(&running->lock);
}

void running_set_calls(struct running *running, bool calls)
{
    pthread_mutex_lock(&running->lock);
    running->calls = calls;
    pthread_mutex_unlock(&running->lock);
}

struct running running_copy(struct running *running)
{
    pthread_mutex_lock(&running->lock);
    struct running copy = *running;
    pthread_mutex_unlock(&running->lock);
    return copy;
}
