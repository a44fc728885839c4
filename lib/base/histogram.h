/* SPDX-License-Identifier: EUPL-1.2 */
/* Figures that one thread adds to and other threads may read. Durations are counted in steps, as
 * Prometheus defines it: https://prometheus.io/docs/concepts/metric_types/#histogram
 *
 *   counts[i]: the durations above bound i - 1 and up to bound i; the last step has no upper bound
 */
#ifndef MAATWERK_BASE_HISTOGRAM_H
#define MAATWERK_BASE_HISTOGRAM_H

#include <stdatomic.h>

#include "lib/base/buf.h"

enum { HISTOGRAM_STEPS = 10 };

/* Adds to a figure. Only for the thread that owns the figure: it takes no lock and a few cycles. */
static inline void figure_add(atomic_llong *to, long long amount)
{
    long long now = atomic_load_explicit(to, memory_order_relaxed);
    atomic_store_explicit(to, now + amount, memory_order_relaxed);
}

static inline long long figure_read(const atomic_llong *from)
{
    return atomic_load_explicit(from, memory_order_relaxed);
}

struct histogram {
    atomic_llong counts[HISTOGRAM_STEPS], sum_us;
};

/* Counts `times` durations of `us` microseconds each; a negative duration counts as 0. */
void histogram_add(struct histogram *histogram, int64_t us, int64_t times);

/* Adds every count of `more` to `to`. */
void histogram_join(struct histogram *to, const struct histogram *more);

/* The upper bound of a step in seconds: "0.001" … "+Inf". */
struct str histogram_bound(int step);

/* Prints the samples of one histogram: <name>_bucket{<labels>,le="…"} for the first `bounds`
 * steps and for +Inf, then _sum and _count. */
void histogram_print(struct buf *out, const char *name, const char *labels, int bounds,
                     const struct histogram *histogram);

#endif
