/* SPDX-License-Identifier: EUPL-1.2 */
/* What a child counts of its work: in memory, no allocation and no round trip per job, nothing that
 * names a job or a person. What changed is added to queue.counter every few seconds, between two
 * batches; one that does nothing adds nothing. One that is killed takes what it had not added along. */
#ifndef MAATWERK_QUEUE_COUNT_H
#define MAATWERK_QUEUE_COUNT_H

#include "lib/queue/child.h"

struct count *count_new(const struct worker *worker);

/* These rows of queue_claim or queue_take, taken at batch->from_us, are committed. Those that are leased
 * have only waited: their calls are counted by count_call(). */
void count_batch(struct batch *batch, const PGresult *rows, const struct sorted *sorted);

/* A call outside that began at `from_us` has ended: done, or failed. */
void count_call(struct batch *batch, const char *kind, bool done, int64_t from_us);

/* Since `from_us` jobs were taken without Redis. */
void count_fallback(struct count *count, int64_t from_us);

/* Adds what changed, when it is time. While the database is away it is kept. */
void count_flush(struct count *count, struct session *db);

/* Adds what is left. */
void count_free(struct count *count, struct session *db);

#endif
