/* SPDX-License-Identifier: EUPL-1.2 */
/* The list of one vacancy and the supply, against the simplest way to work them out. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h> /* wants those before itself */

#include "tests/unit/matching/sample.h"
#include "workers/matching/engine/rank.h"

enum { REGION = 40000, KINDS = 24, PEOPLE = 400 };

struct plain {
    const struct person *person;
    int total;
    uint64_t tie;
};

static int plain_compare(const void *a, const void *b)
{
    const struct plain *one = a, *two = b;
    if (one->total != two->total)
        return two->total - one->total;
    return one->tie < two->tie ? -1 : one->tie > two->tie;
}

static struct population *people_make(struct sample *sample, uint64_t first, size_t count)
{
    struct population *population = population_new();
    for (uint64_t serial = first; serial < first + count; serial++) {
        struct sample_person one;
        sample_person(sample, serial, REGION, KINDS, &one);
        population_put(population, &one.person);
    }
    return population;
}

static bool is_pair(const struct demand *demand, const struct person *person)
{
    for (size_t i = 0; i < demand->excluded_count; i++)
        if (memcmp(demand->excluded[i], person->id, 16) == 0)
            return true;
    return false;
}

/* Everybody suitable, sorted; returns how many. */
static size_t plain_rank(const struct population *population, const struct demand *demand,
                         struct plain *ret)
{
    struct score_plan plan;
    size_t count = 0;
    score_plan_make(demand, &plan);
    for (size_t i = 0; i < population_count(population); i++) {
        const struct person *person = population_at(population, i);
        struct score score;
        if (!demand_admits(demand, person) || person->open_proposals >= person->proposals_max
            || is_pair(demand, person))
            continue;
        score_explain(&plan, person, &score);
        if (score.employer >= FLOOR_EMPLOYER && score.person >= FLOOR_PERSON)
            ret[count++] = (struct plain){person, score.total, mix_id(demand->day_key, person->id)};
    }
    qsort(ret, count, sizeof(*ret), plain_compare);
    return count;
}

/* Some persons of the population, and one that is not in it, as earlier pairs. */
static void pairs_make(const struct population *population, uint8_t (*ret)[16], size_t count)
{
    memset(ret, 0, 16);
    for (size_t i = 1; i < count; i++)
        memcpy(ret[i], population_at(population, i * 3)->id, 16);
}

static void the_list_is_exact(void **state)
{
    (void)state;
    struct sample sample = {11};
    size_t listed = 0;
    for (int round = 0; round < 300; round++) {
        struct population *population = people_make(&sample, (uint64_t)round, PEOPLE);
        struct arena *arena = arena_new();
        struct sample_demand asked;
        struct plain plain[PEOPLE];
        struct ranking ranking;
        uint8_t pairs[40][16];
        sample_demand(&sample, REGION, KINDS, sample_below(&sample, 7), &asked);
        pairs_make(population, pairs, 40);
        asked.demand.excluded = (const uint8_t(*)[16])pairs;
        asked.demand.excluded_count = 40;
        size_t count = plain_rank(population, &asked.demand, plain), excluded = 0;
        size_t room = (size_t)asked.demand.asked + RANK_SPARE, want = (size_t)asked.demand.asked;
        rank_vacancy(arena, population, &asked.demand, &ranking);
        assert_int_equal(ranking.suitable, count);
        assert_int_equal(ranking.count, count < room ? count : room);
        assert_int_equal(ranking.shortfall, want > count ? want - count : 0);
        for (size_t i = 0; i < ranking.count; i++) {
            assert_ptr_equal(ranking.items[i].person, plain[i].person);
            assert_int_equal(ranking.items[i].score.total, plain[i].total);
        }
        for (int i = 0; i < EXCLUSION_COUNT; i++)
            excluded += ranking.excluded[i];
        assert_int_equal(ranking.considered, PEOPLE);
        assert_int_equal(ranking.considered, ranking.suitable + excluded);
        listed += ranking.count;
        arena_free(arena);
        population_free(population);
    }
    assert_true(listed > 1000); /* the samples must not be empty cases */
}

static void the_first_reason_counts(void **state)
{
    (void)state;
    struct population *population = population_new();
    struct arena *arena = arena_new();
    struct ranking ranking;
    struct demand_competence asks = {1, true, 1, 1, 0};
    struct demand demand = {.hard = 1,
                            .hours_min = 32,
                            .hours_max = 40,
                            .shifts = SHIFT_NIGHT,
                            .start_day = 5,
                            .asked = 3,
                            .competences = &asks,
                            .competence_count = 1};
    /* Everything is wrong; then one reason after the other goes away. */
    struct person person = {.open_proposals = 2,
                            .proposals_max = 2,
                            .known = 1,
                            .x = 1,
                            .hours_max = 8,
                            .shifts = SHIFT_DAY,
                            .available_day = 6};
    static const uint8_t pair[1][16] = {{1}};
    demand.excluded = pair;
    demand.excluded_count = 1;
    for (uint8_t step = 0; step < EXCLUSION_COUNT; step++) {
        person.id[0] = step > EXCLUDED_PAIR ? (uint8_t)(step + 1) : 1;
        person.active = step > EXCLUDED_INACTIVE;
        person.open_proposals = step > EXCLUDED_PROPOSALS ? 1 : 2;
        person.have = step > EXCLUDED_CONDITIONS;
        person.max_distance_m = step > EXCLUDED_DISTANCE;
        person.hours_max = step > EXCLUDED_HOURS ? 40 : 8;
        person.shifts = step > EXCLUDED_SHIFTS ? SHIFT_NIGHT : SHIFT_DAY;
        person.available_day = step > EXCLUDED_AVAILABILITY ? 5 : 6;
        population_put(population, &person);
        rank_vacancy(arena, population, &demand, &ranking);
        assert_int_equal(ranking.excluded[step], 1);
        population_remove(population, person.id);
    }
    assert_int_equal(ranking.shortfall, 3);
    arena_free(arena);
    population_free(population);
}

/* Persons who all have the same score. */
static struct population *equals_make(size_t count, bool backwards)
{
    struct population *population = population_new();
    for (size_t i = 0; i < count; i++) {
        struct person person = {.active = true, .proposals_max = 2};
        person.id[15] = (uint8_t)(backwards ? count - 1 - i : i);
        population_put(population, &person);
    }
    return population;
}

static void ties_follow_the_day_not_the_id(void **state)
{
    (void)state;
    struct population *one = equals_make(200, false), *two = equals_make(200, true);
    struct arena *arena = arena_new();
    struct demand demand = {.asked = 5, .start_day = INT32_MAX, .day_key = 1};
    struct ranking a, b, next_day;
    rank_vacancy(arena, one, &demand, &a);
    rank_vacancy(arena, two, &demand, &b);
    demand.day_key = 2;
    rank_vacancy(arena, one, &demand, &next_day);
    size_t moved = 0, rising = 0;
    assert_int_equal(a.count, 15);
    for (size_t i = 0; i < a.count; i++) {
        const uint8_t *id = a.items[i].person->id;
        assert_memory_equal(id, b.items[i].person->id, 16);
        moved += memcmp(id, next_day.items[i].person->id, 16) != 0;
        rising += i > 0 && id[15] > a.items[i - 1].person->id[15];
    }
    assert_true(moved > 10);
    assert_in_range(rising, 2, 12); /* neither in the order of the ids nor the other way */
    arena_free(arena);
    population_free(one);
    population_free(two);
}

static void shuffle(struct sample *sample, uint64_t *serials, size_t count)
{
    for (size_t i = count; i > 1; i--) {
        size_t other = sample_below(sample, (uint32_t)i);
        uint64_t kept = serials[i - 1];
        serials[i - 1] = serials[other];
        serials[other] = kept;
    }
}

/* The same persons, put in another order, some of them twice, with removals in between. */
static struct population *shuffled_make(struct sample *sample, bool detours)
{
    struct population *population = population_new();
    uint64_t serials[PEOPLE];
    for (size_t i = 0; i < PEOPLE; i++)
        serials[i] = i;
    shuffle(sample, serials, PEOPLE);
    for (size_t i = 0; i < PEOPLE; i++) {
        struct sample_person one;
        struct sample own = {serials[i] * 77}; /* depends on the person only */
        sample_person(&own, serials[i], REGION, KINDS, &one);
        if (detours) {
            struct person other = one.person;
            other.competence_count = 0;
            population_put(population, &other);
            if (i % 2)
                population_remove(population, other.id);
        }
        population_put(population, &one.person);
    }
    return population;
}

static void the_order_of_arrival_does_not_matter(void **state)
{
    (void)state;
    struct sample sample = {12};
    for (int round = 0; round < 30; round++) {
        struct population *one = shuffled_make(&sample, false);
        struct population *two = shuffled_make(&sample, true);
        struct arena *arena = arena_new();
        struct sample_demand asked;
        struct ranking a, b;
        sample_demand(&sample, REGION, KINDS, 3, &asked);
        rank_vacancy(arena, one, &asked.demand, &a);
        rank_vacancy(arena, two, &asked.demand, &b);
        assert_int_equal(a.count, b.count);
        assert_memory_equal(a.excluded, b.excluded, sizeof(a.excluded));
        for (size_t i = 0; i < a.count; i++)
            assert_memory_equal(a.items[i].person->id, b.items[i].person->id, 16);
        arena_free(arena);
        population_free(one);
        population_free(two);
    }
}

static size_t admitted_count(const struct population *population, const struct demand *demand)
{
    size_t count = 0;
    for (size_t i = 0; i < population_count(population); i++)
        count += demand_admits(demand, population_at(population, i));
    return count;
}

/* As if the distance did not matter: everybody lives at the vacancy. */
static size_t admitted_near(const struct population *population, const struct demand *demand)
{
    size_t count = 0;
    for (size_t i = 0; i < population_count(population); i++) {
        struct person person = *population_at(population, i);
        person.x = demand->x;
        person.y = demand->y;
        count += demand_admits(demand, &person);
    }
    return count;
}

static void supply_check(const struct population *population, const struct demand *demand)
{
    struct supply supply;
    struct demand without = *demand;
    rank_supply(population, demand, &supply);
    assert_int_equal(supply.passing, admitted_count(population, demand));
    for (int bit = 0; bit < 64; bit++) {
        without.hard = demand->hard & ~((uint64_t)1 << bit);
        assert_int_equal(supply.without_condition[bit], admitted_count(population, &without));
    }
    assert_int_equal(supply.without_distance, admitted_near(population, demand));
    without = *demand;
    without.hours_min = without.hours_max = 0;
    assert_int_equal(supply.without_hours, admitted_count(population, &without));
    without = *demand;
    without.shifts = 0;
    assert_int_equal(supply.without_shifts, admitted_count(population, &without));
    without = *demand;
    without.start_day = INT32_MAX;
    assert_int_equal(supply.without_availability, admitted_count(population, &without));
}

static void supply_is_exact(void **state)
{
    (void)state;
    struct sample sample = {13};
    struct population *population = people_make(&sample, 0, PEOPLE);
    for (int round = 0; round < 100; round++) {
        struct sample_demand asked;
        sample_demand(&sample, REGION, KINDS, 0, &asked);
        supply_check(population, &asked.demand);
    }
    population_free(population);
}

static void nobody_is_a_list_too(void **state)
{
    (void)state;
    struct population *population = population_new();
    struct arena *arena = arena_new();
    struct ranking ranking;
    struct supply supply;
    struct demand demand = {.asked = 4};
    rank_vacancy(arena, population, &demand, &ranking);
    rank_supply(population, &demand, &supply);
    assert_int_equal(ranking.count, 0);
    assert_int_equal(ranking.shortfall, 4);
    assert_int_equal(supply.passing, 0);
    demand.asked = -1;
    rank_vacancy(arena, population, &demand, &ranking);
    assert_int_equal(ranking.shortfall, 0);
    arena_free(arena);
    population_free(population);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_list_is_exact),
        cmocka_unit_test(the_first_reason_counts),
        cmocka_unit_test(ties_follow_the_day_not_the_id),
        cmocka_unit_test(the_order_of_arrival_does_not_matter),
        cmocka_unit_test(supply_is_exact),
        cmocka_unit_test(nobody_is_a_list_too),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
