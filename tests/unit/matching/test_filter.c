/* SPDX-License-Identifier: EUPL-1.2 */
/* Who can be proposed at all. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h> /* wants those before itself */

#include "tests/unit/matching/sample.h"
#include "workers/matching/engine/filter.h"

static const struct person anybody = {.active = true, .max_distance_m = 10000};
static const struct demand anything = {.start_day = INT32_MAX};

static void unknown_never_excludes(void **state)
{
    (void)state;
    struct person person = anybody;
    struct demand demand = anything;
    demand.hard = (uint64_t)1 << 63 | 1;
    assert_true(demand_admits(&demand, &person));
    person.have = 1; /* without being known it says nothing */
    assert_true(demand_admits(&demand, &person));
    person.known = 1;
    assert_true(demand_admits(&demand, &person));
    person.have = 0;
    assert_false(demand_admits(&demand, &person));
    demand.hard = (uint64_t)1 << 63;
    assert_true(demand_admits(&demand, &person));
    demand.soft = 1;
    assert_true(demand_admits(&demand, &person));
}

static void distance_includes_the_edge(void **state)
{
    (void)state;
    struct person person = anybody;
    person.x = 6000;
    person.y = -8000;
    assert_true(demand_admits(&anything, &person));
    person.y = -8001;
    assert_false(demand_admits(&anything, &person));
    person.x = INT32_MIN;
    person.y = INT32_MIN;
    person.max_distance_m = INT32_MAX;
    assert_false(demand_admits(&anything, &person));
    person.x = person.y = 0;
    person.max_distance_m = -1;
    assert_false(demand_admits(&anything, &person));
}

static void hours_shifts_and_day_must_fit(void **state)
{
    (void)state;
    struct person person = anybody;
    struct demand demand = {.hours_min = 32,
                            .hours_max = 40,
                            .shifts = SHIFT_DAY | SHIFT_NIGHT,
                            .start_day = 100};
    assert_true(demand_admits(&demand, &person)); /* nothing stated */
    person.hours_max = 32;
    assert_true(demand_admits(&demand, &person));
    person.hours_max = 31;
    assert_false(demand_admits(&demand, &person));
    person.hours_max = 40;
    person.shifts = SHIFT_DAY | SHIFT_NIGHT | SHIFT_WEEKEND;
    assert_true(demand_admits(&demand, &person));
    person.shifts = SHIFT_DAY;
    assert_false(demand_admits(&demand, &person));
    demand.shifts = 0;
    person.available_day = 100;
    assert_true(demand_admits(&demand, &person));
    person.available_day = 101;
    assert_false(demand_admits(&demand, &person));
}

static void inactive_is_excluded_busy_is_not(void **state)
{
    (void)state;
    struct person person = anybody;
    person.open_proposals = 9;
    assert_true(demand_admits(&anything, &person));
    person.active = false;
    assert_false(demand_admits(&anything, &person));
}

/* The pass over the dense arrays says the same as the test of one person. */
static void the_pass_agrees_with_one_by_one(void **state)
{
    (void)state;
    struct sample sample = {1};
    struct population *population = population_new();
    struct arena *arena = arena_new();
    for (uint64_t serial = 0; serial < 1000; serial++) {
        struct sample_person one;
        sample_person(&sample, serial, 60000, 60, &one);
        population_put(population, &one.person);
    }
    for (int round = 0; round < 50; round++) {
        struct sample_demand asked;
        sample_demand(&sample, 60000, 60, 0, &asked);
        const uint8_t *reasons = filter_reasons(arena, population, &asked.demand);
        for (size_t i = 0; i < 1000; i++) {
            const struct person *person = population_at(population, i);
            bool inactive = reasons[i] & EXCLUSION_BIT(EXCLUDED_INACTIVE);
            bool busy = reasons[i] & EXCLUSION_BIT(EXCLUDED_PROPOSALS);
            assert_int_equal(inactive, !person->active);
            assert_int_equal(busy, person->open_proposals >= person->proposals_max);
            assert_int_equal(!(reasons[i] & EXCLUSIONS_HARD) && !inactive,
                             demand_admits(&asked.demand, person));
        }
    }
    arena_free(arena);
    population_free(population);
}

static void reasons_have_names(void **state)
{
    (void)state;
    assert_string_equal(exclusion_name(EXCLUDED_INACTIVE), "inactive");
    assert_string_equal(exclusion_name(EXCLUDED_FLOOR), "floor");
    assert_string_equal(exclusion_name(EXCLUSION_COUNT), "unknown");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(unknown_never_excludes),
        cmocka_unit_test(distance_includes_the_edge),
        cmocka_unit_test(hours_shifts_and_day_must_fit),
        cmocka_unit_test(inactive_is_excluded_busy_is_not),
        cmocka_unit_test(the_pass_agrees_with_one_by_one),
        cmocka_unit_test(reasons_have_names),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
