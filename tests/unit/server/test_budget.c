/* SPDX-License-Identifier: EUPL-1.2 */
/* Connections are divided over loops and pools. */
#include "tests/unit/unit.h"

#include "lib/server/budget.h"

static void assert_share(int connections, int loops, unsigned reads, unsigned writes)
{
    struct share share = budget_share(connections, loops);
    assert_int_equal(share.reads, reads);
    assert_int_equal(share.writes, writes);
}

static void where_there_is_enough_a_loop_has_twelve(void **state)
{
    (void)state;
    assert_int_equal(budget_loops(24, 2), 2);
    assert_share(24, 2, 4, 8);
    assert_share(1000, 2, 4, 8);
}

static void where_there_is_less_each_loop_has_less(void **state)
{
    (void)state;
    assert_share(22, 2, 3, 8);
    assert_share(12, 2, 2, 4);
    assert_share(4, 2, 1, 1);
}

static void where_there_is_too_little_loops_rest(void **state)
{
    (void)state;
    assert_int_equal(budget_loops(29, 16), 14);
    assert_int_equal(budget_loops(5, 16), 2);
    assert_int_equal(budget_loops(1, 16), 1);
    assert_int_equal(budget_loops(0, 16), 1);
    assert_share(0, 1, 1, 1);
}

/* Whatever the numbers, loops that are awake open no more than there is; but for one each. */
static void no_division_opens_more_than_there_is(void **state)
{
    (void)state;
    for (int connections = 2; connections < 300; connections++)
        for (int loops = 1; loops <= 64; loops++) {
            int awake = budget_loops(connections, loops);
            struct share share = budget_share(connections, awake);
            assert_true(awake >= 1 && awake <= loops && share.reads >= 1 && share.writes >= 1);
            assert_true((unsigned)awake * (share.reads + share.writes) <= (unsigned)connections);
        }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        UNIT(where_there_is_enough_a_loop_has_twelve),
        UNIT(where_there_is_less_each_loop_has_less),
        UNIT(where_there_is_too_little_loops_rest),
        UNIT(no_division_opens_more_than_there_is),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
