/* SPDX-License-Identifier: EUPL-1.2 */
#include "lib/queue/breaker.h"
#include "tests/unit/unit.h"

enum { AT = 1000000 };

static int notes_until_it_trips(struct breaker *breaker, const char *const *errors, int count)
{
    for (int i = 0; i < 200; i++)
        if (breaker_note(breaker, errors[i % count], AT + i))
            return i + 1;
    return 0;
}

static void most_failing_alike_trips(void **state)
{
    (void)state;
    struct breaker breaker = {0};
    static const char *const alike[] = {"down"}, *const two_in_three[] = {"down", "down", NULL};
    assert_int_equal(notes_until_it_trips(&breaker, alike, 1), BREAKER_LEAST);
    assert_int_equal(breaker.results, 0); /* counts anew */
    assert_int_equal(notes_until_it_trips(&breaker, two_in_three, 3), BREAKER_LEAST);
}

static void half_or_different_reasons_do_not(void **state)
{
    (void)state;
    struct breaker breaker = {0};
    static const char *const half[] = {NULL, "down"}, *const different[] = {"a", "b", "c"},
                             *const many[] = {"1", "2", "3", "4", "5", "6", "7"};
    assert_int_equal(notes_until_it_trips(&breaker, half, 2), 0);
    memset(&breaker, 0, sizeof breaker);
    assert_int_equal(notes_until_it_trips(&breaker, different, 3), 0);
    memset(&breaker, 0, sizeof breaker);
    assert_int_equal(notes_until_it_trips(&breaker, many, 7), 0);
}

static void what_is_long_ago_is_forgotten(void **state)
{
    (void)state;
    struct breaker breaker = {0};
    for (int i = 0; i < 100; i++)
        assert_false(breaker_note(&breaker, "down", AT + (int64_t)i * BREAKER_MS / 18));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(most_failing_alike_trips),
        cmocka_unit_test(half_or_different_reasons_do_not),
        cmocka_unit_test(what_is_long_ago_is_forgotten),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
