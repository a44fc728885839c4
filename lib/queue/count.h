/* SPDX-License-Identifier: EUPL-1.2 */
/* The figures of a child's work, per kind. Counting happens in memory: it costs no allocation
 * and no round trip per job, and it names neither a job nor a person. Every few seconds, between
 * two batches, the changes are added to queue.counter; a child that did nothing adds nothing.
 * When a child is killed, the figures that it had not added yet are lost. */
#ifndef MAATWERK_QUEUE_COUNT_H
#define MAATWERK_QUEUE_COUNT_H

#include "lib/queue/kind.h"

struct count;

struct count *count_new(const struct worker *worker);

/* A job of this kind waited so long before this child took it. */
void count_wait(struct count *count, const char *kind, int64_t waited_us);

/* An attempt of a job of this kind has ended: done or failed. */
void count_end(struct count *count, const char *kind, bool done, int64_t took_us);

/* The child has taken jobs without Redis from `from_us` until now. */
void count_fallback(struct count *count, int64_t from_us);

/* Adds the changes to the database when it is time. They are kept while the database cannot be
 * reached. */
void count_flush(struct count *count, struct session *db);

/* Adds the remaining changes once, whatever comes of it, and frees. */
void count_free(struct count *count, struct session *db);

#endif
