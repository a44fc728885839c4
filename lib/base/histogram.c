/* SPDX-License-Identifier: EUPL-1.2 */
/* From a millisecond to five minutes in nine steps. */
#include "lib/base/histogram.h"

static const struct step {
    int64_t most_us;
    struct str bound;
} steps[HISTOGRAM_STEPS] = {
    {1000, {"0.001", 5}},    {5000, {"0.005", 5}},     {25000, {"0.025", 5}}, {100000, {"0.1", 3}},
    {500000, {"0.5", 3}},    {2500000, {"2.5", 3}},    {10000000, {"10", 2}}, {60000000, {"60", 2}},
    {300000000, {"300", 3}}, {INT64_MAX, {"+Inf", 4}},
};

void histogram_add(struct histogram *histogram, int64_t us, int64_t times)
{
    int step = 0;
    us = us < 0 ? 0 : us;
    while (us > steps[step].most_us)
        step++;
    figure_add(&histogram->counts[step], times);
    figure_add(&histogram->sum_us, us * times);
}

void histogram_join(struct histogram *to, const struct histogram *more)
{
    for (int i = 0; i < HISTOGRAM_STEPS; i++)
        figure_add(&to->counts[i], figure_read(&more->counts[i]));
    figure_add(&to->sum_us, figure_read(&more->sum_us));
}

struct str histogram_bound(int step)
{
    return steps[step].bound;
}

void histogram_print(struct buf *out, const char *name, const char *labels, int bounds,
                     const struct histogram *histogram)
{
    long long count = 0, sum_us = figure_read(&histogram->sum_us);
    for (int i = 0; i < HISTOGRAM_STEPS; i++) {
        count += figure_read(&histogram->counts[i]);
        if (i < bounds || i == HISTOGRAM_STEPS - 1)
            buf_print(out, "%s_bucket{%s,le=\"%s\"} %lld\n", name, labels, steps[i].bound.at,
                      count);
    }
    buf_print(out, "%s_sum{%s} %lld.%06lld\n%s_count{%s} %lld\n", name, labels, sum_us / 1000000,
              sum_us % 1000000, name, labels, count);
}
