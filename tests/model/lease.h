/* SPDX-License-Identifier: EUPL-1.2 */
/* The protocol of jobs with effects outside PostgreSQL: lease, fence, intent, call, end. How a job
 * comes to a worker is left out: whoever is idle may be offered any job at any moment. A lease may run
 * out at any moment; workers may be killed, answers lost and calls refused as often as you like. */
#ifndef MAATWERK_MODEL_LEASE_H
#define MAATWERK_MODEL_LEASE_H

#include "tests/model/explore.h"

enum lease_mutant {
    LEASE_AS_IT_IS,
    LEASE_NO_FENCE,       /* an end without the fence: business rows are written by whoever comes */
    LEASE_NO_INTENT,      /* the call is made without looking what was begun */
    LEASE_CALL_FIRST,     /* the intent is noted after the call */
    LEASE_BEGUN_IS_NEW,   /* what was begun is begun again */
    LEASE_REVIVE_FORGETS, /* a revived job does not know what its first life did */
};

struct lease_bounds {
    int jobs;  /* of one lane; each calls twice */
    bool keys; /* the provider knows idempotency keys: what was begun may be repeated */
    enum lease_mutant mutant;
};
extern struct lease_bounds lease_bounds;
extern const struct protocol lease_protocol;

#endif
