/* SPDX-License-Identifier: EUPL-1.2 */
/* A copy of the candidates of each municipality in memory. Before each job, the worker reads the
 * rows that its copy lacks, by the transaction snapshot of the previous read. When the reference
 * data have changed, it reads all of them. Redis plays no part in it. */
#ifndef MAATWERK_MATCHING_COPY_H
#define MAATWERK_MATCHING_COPY_H

#include "lib/queue/worker.h"
#include "workers/matching/engine/demand.h"
#include "workers/matching/engine/explain.h"
#include "workers/matching/engine/population.h"

struct copies;

/* For `start` of struct worker: returns struct copies. */
void *copies_new(void);

/* Brings the copy of the municipality of the job up to date; *ret is valid until the next job.
 * Runs the statements of `also`, unless NULL, in the same round trip. */
enum job_end copies_refresh(struct work *work, struct plan *also,
                            const struct population **ret) MUST_CHECK;

/* The names of conditions (codes) and competences (labels). They are read again when
 * the reference data have changed, and when something that the demand asks has no name. The names
 * are valid until the next job. */
enum job_end copies_names(struct work *work, const struct demand *demand,
                          struct explain_names *ret) MUST_CHECK;

/* The code of the condition with this bit, or absent. */
struct str copies_condition(const struct copies *copies, int bit);

#endif
