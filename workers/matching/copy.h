/* SPDX-License-Identifier: EUPL-1.2 */
/* The candidates of each municipality in memory, kept right: before a job the worker reads what its
 * copy lacks, by the snapshot of the time before. Redis has no part in it. */
#ifndef MAATWERK_MATCHING_COPY_H
#define MAATWERK_MATCHING_COPY_H

#include "lib/queue/worker.h"
#include "workers/matching/engine/explain.h"
#include "workers/matching/engine/population.h"

struct copies;

/* As `start` of a worker. */
void *copies_new(void);

/* The candidates of the municipality of the job, up to date. Runs `also` in the same round
 * trip, when given. */
enum job_end copies_refresh(struct work *work, struct plan *also,
                            const struct population **ret) MUST_CHECK;

/* Names of conditions (codes) and competences (labels); read once, and again when a
 * number is unknown. */
enum job_end copies_names(struct work *work, struct explain_names *ret) MUST_CHECK;

/* The code of the condition with this bit, or absent. */
struct str copies_condition(const struct copies *copies, int bit);

#endif
