/* SPDX-License-Identifier: EUPL-1.2 */
/* How often a user may call. */
#include "lib/server/allowance.h"

#include "tests/unit/unit.h"

enum { SECOND = 1000000, START = 1000 * SECOND };

static struct allowances *of_ten_a_minute(void)
{
    struct allowances *made = allowances_new();
    allowance_set(made, 0, ALLOWANCE_READ, 10, 60);
    return made;
}

/* How many of `tries` calls at this moment are allowed. */
static int allowed(struct allowances *allowances, uint64_t user, int64_t now_us, int tries)
{
    struct allowance_use use;
    int count = 0;
    for (int i = 0; i < tries; i++)
        count += allowance_take(allowances, 0, ALLOWANCE_READ, user, now_us, &use);
    return count;
}

static void as_many_at_once_as_in_the_whole_time(void **state)
{
    (void)state;
    struct allowances *allowances = of_ten_a_minute();
    assert_int_equal(allowed(allowances, 7, START, 15), 10);
    assert_int_equal(allowed(allowances, 7, START + 6 * SECOND - 1, 5), 0);
    assert_int_equal(allowed(allowances, 7, START + 6 * SECOND, 5), 1);
    assert_int_equal(allowed(allowances, 7, START + 36 * SECOND, 9), 5);
    assert_int_equal(allowed(allowances, 7, START + 600 * SECOND, 15), 10);
    free(allowances);
}

static void says_what_is_left_and_when_more_comes(void **state)
{
    (void)state;
    struct allowances *allowances = of_ten_a_minute();
    struct allowance_use use;
    assert_true(allowance_take(allowances, 0, ALLOWANCE_READ, 7, START, &use));
    assert_int_equal(use.left, 9);
    assert_int_equal(use.back_s, 6);
    assert_true(allowance_is_left(allowances, 0, ALLOWANCE_READ, 7, START, &use));
    assert_int_equal(allowed(allowances, 7, START, 9), 9);
    assert_false(allowance_is_left(allowances, 0, ALLOWANCE_READ, 7, START, &use));
    assert_false(allowance_take(allowances, 0, ALLOWANCE_READ, 7, START + SECOND, &use));
    assert_int_equal(use.left, 0);
    assert_int_equal(use.back_s, 5);
    free(allowances);
}

static void each_user_and_each_kind_has_its_own(void **state)
{
    (void)state;
    struct allowances *allowances = of_ten_a_minute();
    struct allowance_use use;
    assert_int_equal(allowed(allowances, 7, START, 15), 10);
    assert_int_equal(allowed(allowances, 8, START, 15), 10);
    for (int i = 0; i < 100; i++)
        assert_true(allowance_take(allowances, 0, ALLOWANCE_WRITE, 7, START, &use));
    assert_int_equal(use.most, 0);
    assert_int_not_equal(allowance_user(1, S("a")), allowance_user(2, S("a")));
    free(allowances);
}

static void a_limit_that_nobody_reaches_is_none(void **state)
{
    (void)state;
    struct allowances *allowances = of_ten_a_minute();
    struct allowance_use use;
    allowance_set(allowances, 0, ALLOWANCE_READ, 2000000000, 60);
    assert_true(allowance_take(allowances, 0, ALLOWANCE_READ, 7, START, &use));
    assert_int_equal(use.most, 0);
    free(allowances);
}

/* More users than there are places: memory stays as it is, and whoever shares a place may do less,
 * never more. A place that nobody uses any more is taken. */
static void many_users_share_what_there_is(void **state)
{
    (void)state;
    struct allowances *allowances = of_ten_a_minute();
    for (uint64_t user = 1; user < 100000; user++)
        assert_in_range(allowed(allowances, user, START, 11), 0, 10);
    assert_int_equal(allowed(allowances, 99999, START + 61 * SECOND, 11), 10);
    free(allowances);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(as_many_at_once_as_in_the_whole_time),
        cmocka_unit_test(says_what_is_left_and_when_more_comes),
        cmocka_unit_test(each_user_and_each_kind_has_its_own),
        cmocka_unit_test(a_limit_that_nobody_reaches_is_none),
        cmocka_unit_test(many_users_share_what_there_is),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
