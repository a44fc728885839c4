/* SPDX-License-Identifier: EUPL-1.2 */
/* Times in steps: which step, how many, how long together, and how it is printed. */
#include "tests/unit/unit.h"

#include "lib/base/histogram.h"

static void a_bound_belongs_to_its_step(void **state)
{
    static const int64_t bounds_us[] = {1000,    5000,     25000,    100000,   500000,
                                        2500000, 10000000, 60000000, 300000000};
    struct histogram histogram = {0};
    (void)state;
    for (int i = 0; i < HISTOGRAM_STEPS - 1; i++) {
        assert_int_equal(bounds_us[i], (int64_t)(strtod(histogram_bound(i).at, NULL) * 1e6 + 0.5));
        histogram_add(&histogram, bounds_us[i], 1);
        assert_int_equal(histogram.counts[i], 1 + (i > 0));
        histogram_add(&histogram, bounds_us[i] + 1, 1);
        assert_int_equal(histogram.counts[i + 1], 1);
    }
    assert_str(histogram_bound(HISTOGRAM_STEPS - 1), "+Inf");
}

static void no_time_is_too_short_or_too_long(void **state)
{
    struct histogram histogram = {0};
    (void)state;
    histogram_add(&histogram, 0, 1);
    histogram_add(&histogram, -5, 1);
    histogram_add(&histogram, INT64_MAX / 4, 1);
    assert_int_equal(histogram.counts[0], 2);
    assert_int_equal(histogram.counts[HISTOGRAM_STEPS - 1], 1);
    assert_int_equal(histogram.sum_us, INT64_MAX / 4);
}

static void many_are_added_at_once(void **state)
{
    struct histogram one = {0}, more = {0};
    (void)state;
    histogram_add(&one, 2000, 50);
    histogram_add(&more, 2000, 7);
    histogram_add(&more, 30000, 1);
    histogram_join(&one, &more);
    assert_int_equal(one.counts[1], 57);
    assert_int_equal(one.counts[3], 1);
    assert_int_equal(one.sum_us, 57 * 2000 + 30000);
}

static void it_is_printed_as_prometheus_reads_it(void **state)
{
    struct ctx *ctx = *state;
    struct buf out = buf_in(ctx->arena);
    struct histogram histogram = {0};
    histogram_add(&histogram, 700, 2);
    histogram_add(&histogram, 4000, 1);
    histogram_add(&histogram, 61000000, 1);
    histogram_print(&out, "took", "kind=\"x\"", 2, &histogram);
    assert_str(buf_str(&out), "took_bucket{kind=\"x\",le=\"0.001\"} 2\n"
                              "took_bucket{kind=\"x\",le=\"0.005\"} 3\n"
                              "took_bucket{kind=\"x\",le=\"+Inf\"} 4\n"
                              "took_sum{kind=\"x\"} 61.005400\n"
                              "took_count{kind=\"x\"} 4\n");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        UNIT(a_bound_belongs_to_its_step),
        UNIT(no_time_is_too_short_or_too_long),
        UNIT(many_are_added_at_once),
        UNIT(it_is_printed_as_prometheus_reads_it),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
