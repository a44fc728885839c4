/* SPDX-License-Identifier: EUPL-1.2 */
/* The protocol of jobs with effects outside PostgreSQL: lease, fence, intent, call, end. How a job
 * comes to a worker is left out: an idle worker may be offered any job at any moment. A lease may end
 * at any moment. Workers may be killed, answers lost and calls refused, any number of times. */
#ifndef MAATWERK_MODEL_LEASE_H
#define MAATWERK_MODEL_LEASE_H

#include "tests/model/explore.h"

enum lease_mutant {
    LEASE_AS_IT_IS,
    LEASE_NO_FENCE,     /* an end does not check the fence: every worker can write business rows */
    LEASE_NO_INTENT,    /* the call is made without looking whether it was begun */
    LEASE_CALL_FIRST,   /* the intent is noted after the call */
    LEASE_BEGUN_IS_NEW, /* a call that was begun is begun again */
    LEASE_REVIVE_FORGETS, /* a revived job does not know what its first life did */
};

struct lease_bounds {
    int jobs;  /* of one lane; each calls twice */
    bool keys; /* the provider knows idempotency keys: a call that was begun may be repeated */
    enum lease_mutant mutant;
};
extern struct lease_bounds lease_bounds;
extern const struct protocol lease_protocol;

#endif
