/* SPDX-License-Identifier: EUPL-1.2 */
/* Figures that one thread adds to and others may read, and times counted in a few steps, as
 * Prometheus wants them: https://prometheus.io/docs/concepts/metric_types/#histogram
 *
 *   counts[i]: how many were not more than bound i and more than the one before; the last has no bound
 */
#ifndef MAATWERK_BASE_HISTOGRAM_H
#define MAATWERK_BASE_HISTOGRAM_H

#include <stdatomic.h>

#include "lib/base/buf.h"

enum { HISTOGRAM_STEPS = 10 };

/* Only for the thread that the figure belongs to: no locked instruction, a few cycles. */
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

/* Counts `times` durations of `us` microseconds each; a negative one counts as none. */
void histogram_add(struct histogram *histogram, int64_t us, int64_t times);

/* Adds all of `more` to `to`. */
void histogram_join(struct histogram *to, const struct histogram *more);

/* The upper end of a step in seconds: "0.001" … "+Inf". */
struct str histogram_bound(int step);

/* The samples of one histogram: <name>_bucket{<labels>,le="…"}, the first `bounds` of them and
 * +Inf, _sum and _count. */
void histogram_print(struct buf *out, const char *name, const char *labels, int bounds,
                     const struct histogram *histogram);

#endif
