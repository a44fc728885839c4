/* SPDX-License-Identifier: EUPL-1.2 */
/* The jobs that a child has in hand, shared between the thread that does them and its heartbeat. */
#ifndef MAATWERK_QUEUE_RUNNING_H
#define MAATWERK_QUEUE_RUNNING_H

#include <pthread.h>
#include <stdatomic.h>

#include "lib/queue/guard.h"

enum { JOBS_MAX = 256 /* jobs of a batch */ };

/* How urgently the process must end: *stopping is one of these, and never goes down. */
enum stopping {
    STOPPING_NOT,
    STOPPING_SOON, /* end the jobs at hand, begin no other */
    STOPPING_NOW,  /* do not wait for the jobs at hand: cancel them */
};

struct running {
    pthread_mutex_t lock;
    int64_t ids[JOBS_MAX];
    int count;
    int64_t since_ms; /* when the child took these jobs */
    bool calls;       /* a call to another system is being made */
    struct guard *guard;
    const atomic_int *stopping;
};

/* Replaces the jobs at hand; at most JOBS_MAX of them are kept. */
void running_set(struct running *running, const int64_t *ids, int count);

/* Says whether a call to another system is being made. */
void running_set_calls(struct running *running, bool calls);

/* A copy of everything, taken at one moment. */
struct running running_copy(struct running *running);

/* Whether the child must begin no more jobs. */
static inline bool running_must_stop(const struct running *running)
{
    return *running->stopping >= STOPPING_SOON;
}

/* Whether the child must not even wait for the jobs at hand. */
static inline bool running_must_hurry(const struct running *running)
{
    return *running->stopping >= STOPPING_NOW;
}

#endif
