/* SPDX-License-Identifier: EUPL-1.2 */
/* A job that this child has locked: a row of queue_claim, queue_take or queue_lease. The columns
 * of all three are read as those of queue_claim (lib/queue/gen/queries.h). */
#ifndef MAATWERK_QUEUE_CLAIMED_H
#define MAATWERK_QUEUE_CLAIMED_H

#include "lib/queue/executor.h"

struct claimed {
    struct job job;
    struct work work;
    const struct job_kind *kind;
};

/* Reads one row; its payload lives in the arena, its other texts as long as `rows`. Returns
 * JOB_DONE when the job may run, else what becomes of it, with the reason in ret->work.error.
 * Fills *ret in both cases. `ret` must stay where it is: ret->work points to ret->job. */
enum job_end claimed_read(const struct executor *executor, struct arena *arena,
                          const PGresult *rows, int row, struct claimed *ret) MUST_CHECK;

#endif
