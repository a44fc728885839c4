/* SPDX-License-Identifier: EUPL-1.2 */
/* Points: exact sums, shares, parts, floors. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h> /* wants those before itself */

#include "tests/unit/matching/sample.h"
#include "workers/matching/engine/nearness.h"
#include "workers/matching/engine/score.h"

static void shares_are_exact(void **state)
{
    (void)state;
    struct sample sample = {1};
    for (int round = 0; round < 2000; round++) {
        uint32_t weights[DEMAND_COMPETENCES_MAX];
        int shares[DEMAND_COMPETENCES_MAX], sum = 0;
        size_t count = 1 + sample_below(&sample, DEMAND_COMPETENCES_MAX);
        for (size_t i = 0; i < count; i++)
            weights[i] = 1 + sample_below(&sample, 105);
        shares_divide(POINTS_MUST, weights, count, shares);
        for (size_t i = 0; i < count; i++)
            sum += shares[i];
        assert_int_equal(sum, POINTS_MUST);
    }
}

static void largest_remainder_gets_the_rest(void **state)
{
    (void)state;
    int shares[3];
    shares_divide(100, (uint32_t[]){1, 1, 1}, 3, shares);
    assert_int_equal(shares[0], 34);
    assert_int_equal(shares[1], 33);
    assert_int_equal(shares[2], 33);
    shares_divide(10, (uint32_t[]){1, 2, 4}, 3, shares); /* 1 3/7, 2 6/7, 5 5/7 */
    assert_int_equal(shares[0], 1);
    assert_int_equal(shares[1], 3);
    assert_int_equal(shares[2], 6);
    shares_divide(10, (uint32_t[]){0, 3, 0}, 3, shares);
    assert_int_equal(shares[0], 0);
    assert_int_equal(shares[1], 10);
    shares_divide(10, (uint32_t[]){0, 0, 0}, 3, shares);
    assert_int_equal(shares[2], 0);
}

static void contributions_sum_to_the_score(void **state)
{
    (void)state;
    struct sample sample = {2};
    for (int round = 0; round < 3000; round++) {
        struct sample_person one;
        struct sample_demand asked;
        struct score_plan plan;
        struct score score;
        struct score_sums sums;
        int points = 0, of = 0;
        sample_person(&sample, 1, 60000, 60, &one);
        sample_demand(&sample, 60000, 60, sample_below(&sample, 17), &asked);
        score_plan_make(&asked.demand, &plan);
        score_explain(&plan, &one.person, &score);
        for (size_t i = 0; i < score.count; i++) {
            assert_in_range(score.contributions[i].points, 0, score.contributions[i].of);
            points += score.contributions[i].points;
            of += score.contributions[i].of;
        }
        assert_int_equal(of, POINTS_TOTAL);
        assert_int_equal(points, score.total);
        assert_int_equal(score.total, score.employer + score.person);
        bool suitable = score.employer >= FLOOR_EMPLOYER && score.person >= FLOOR_PERSON;
        assert_int_equal(score_suitable(&plan, &one.person, &sums), suitable);
        assert_int_equal(sums.employer, score.employer);
        if (suitable)
            assert_int_equal(sums.total, score.total);
    }
}

static void all_that_is_asked_is_all_points(void **state)
{
    (void)state;
    struct person_competence has[] = {{3, 3}, {9, 1}};
    struct person_occupation done = {5, 4321, false, 2};
    struct demand_competence asks[] = {{9, true, 1, 5, 20}, {3, false, 3, 1, 0}};
    struct person person = {.max_distance_m = 0,
                            .competences = has,
                            .competence_count = 2,
                            .occupations = &done,
                            .occupation_count = 1};
    struct demand demand = {.occupation = 5,
                            .isco = 4321,
                            .competences = asks,
                            .competence_count = 2};
    struct score_plan plan;
    struct score score;
    score_plan_make(&demand, &plan);
    score_explain(&plan, &person, &score);
    assert_int_equal(score.total,
                     POINTS_TOTAL - POINTS_WISH); /* did it, and does not look for it */
    done.wanted = true;
    score_explain(&plan, &person, &score);
    assert_int_equal(score.total, POINTS_TOTAL);
    demand = (struct demand){0}; /* nothing asked: nobody misses anything */
    score_plan_make(&demand, &plan);
    score_explain(&plan, &(struct person){0}, &score);
    assert_int_equal(score.total, POINTS_TOTAL);
}

static void without_must_the_occupation_counts_more(void **state)
{
    (void)state;
    struct person_occupation wanted = {6, 4329, true, 0};
    struct person person = {.occupations = &wanted, .occupation_count = 1};
    struct demand demand = {.occupation = 5, .isco = 4321};
    struct score_plan plan;
    struct score score;
    score_plan_make(&demand, &plan);
    score_explain(&plan, &person, &score);
    assert_int_equal(plan.occupation_of, POINTS_MUST + POINTS_OCCUPATION);
    assert_int_equal(score.employer, POINTS_NICE + (POINTS_MUST + POINTS_OCCUPATION) / 2);
}

static void a_lower_level_earns_a_part(void **state)
{
    (void)state;
    assert_int_equal(competence_points(900, 3, 3), 900);
    assert_int_equal(competence_points(900, 1, 3), 900);
    assert_int_equal(competence_points(900, 3, 2), 600);
    assert_int_equal(competence_points(900, 3, 1), 300);
    assert_int_equal(competence_points(900, 3, 0), 0);
    assert_int_equal(competence_points(100, 2, 1), 66);
}

static void occupations_are_near_by_their_digits(void **state)
{
    (void)state;
    const struct person_occupation own[] = {{1, 4399, true, 0},
                                            {2, 4325, true, 0},
                                            {3, 4321, false, 1},
                                            {4, 9999, true, 0}};
    const struct demand demand = {.occupation = 4, .isco = 4321};
    const int points[] = {375, 750, 1125, 1500};
    for (uint16_t count = 1; count <= 4; count++) {
        uint32_t number;
        struct person person = {.occupations = own, .occupation_count = count};
        assert_int_equal(occupation_points(1500, &demand, &person, &number), points[count - 1]);
        assert_int_equal(number, count);
    }
    uint32_t number;
    struct person nobody = {0};
    struct person unknown = {.occupations = &(struct person_occupation){9, 0, true, 0},
                             .occupation_count = 1};
    assert_int_equal(occupation_points(1500, &demand, &nobody, &number), 0);
    assert_int_equal(occupation_points(1500, &demand, &unknown, &number), 0);
}

/* What somebody did is experience; what somebody looks for is a wish. */
static void case_18_what_was_done_is_not_what_is_wanted(void **state)
{
    (void)state;
    static const struct {
        struct person_occupation own[2];
        uint16_t count;
        int wish;
        uint32_t number;
        bool against;
    } cases[] = {
        {{{5, 4321, false, 3}}, 1, 0, 5, true},                     /* this work, and not again */
        {{{5, 4321, true, 3}}, 1, 500, 5, false},                   /* this work again */
        {{{6, 4329, false, 3}}, 1, 250, 6, true},                   /* like it, and not again */
        {{{7, 9999, false, 3}}, 1, 500, 0, false},                  /* other work, and no wish */
        {{{7, 9999, true, 3}}, 1, 0, 0, false},                     /* looks for something else */
        {{{5, 4321, false, 3}, {6, 4329, true, 0}}, 2, 0, 5, true}, /* the nearest decides */
        {{{5, 4321, true, 0}, {6, 4329, false, 9}}, 2, 500, 5, false},
        {{{0}}, 0, 500, 0, false}, /* nothing is known */
    };
    const struct demand demand = {.occupation = 5, .isco = 4321};
    uint32_t number = 99;
    bool against = true;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct person person = {.occupations = cases[i].own, .occupation_count = cases[i].count};
        assert_int_equal(wish_points(500, &demand, &person, &number, &against), cases[i].wish);
        assert_int_equal(number, cases[i].number);
        assert_int_equal(against, cases[i].against);
    }
    struct person person = {.occupations = cases[0].own, .occupation_count = 1};
    assert_int_equal(occupation_points(1000, &demand, &person, &number), 1000);
    assert_int_equal(wish_points(500, &(struct demand){0}, &person, &number, &against), 500);
}

static void distance_falls_in_a_line(void **state)
{
    (void)state;
    struct demand demand = {.x = 0, .y = 0};
    struct person person = {.x = 3000, .y = 4000, .max_distance_m = 20000};
    assert_int_equal(distance_points(1000, &demand, &person), 750);
    person.max_distance_m = 5000;
    assert_int_equal(distance_points(1000, &demand, &person), 0);
    person.max_distance_m = 4999;
    assert_int_equal(distance_points(1000, &demand, &person), 0);
    person = (struct person){.x = INT32_MAX, .y = INT32_MIN, .max_distance_m = INT32_MAX};
    demand = (struct demand){.x = INT32_MIN, .y = INT32_MAX};
    assert_int_equal(distance_points(1000, &demand, &person), 0);
    person = (struct person){.max_distance_m = -1};
    assert_int_equal(distance_points(1000, &(struct demand){0}, &person), 0);
}

static void roots_are_whole(void **state)
{
    (void)state;
    struct sample sample = {3};
    for (uint64_t n = 0; n < 5000; n++) {
        uint64_t root = root_floor(n);
        assert_true(root * root <= n && (root + 1) * (root + 1) > n);
    }
    for (int i = 0; i < 5000; i++) {
        uint64_t root = 1 + sample_below(&sample, UINT32_MAX);
        assert_true(root_floor(root * root) == root);
        assert_true(root_floor(root * root - 1) == root - 1);
    }
    assert_true(root_floor(UINT64_MAX) == UINT32_MAX);
}

static void hours_count_by_overlap(void **state)
{
    (void)state;
    struct demand demand = {.hours_min = 32, .hours_max = 40};
    struct person person = {.hours_min = 24, .hours_max = 36};
    assert_int_equal(hours_points(500, &demand, &person), 500 * 5 / 9);
    person = (struct person){.hours_min = 36, .hours_max = 36};
    assert_int_equal(hours_points(500, &demand, &person), 500);
    person = (struct person){.hours_min = 8, .hours_max = 31};
    assert_int_equal(hours_points(500, &demand, &person), 0);
    person = (struct person){.hours_min = 40, .hours_max = 8}; /* the wrong way round */
    assert_int_equal(hours_points(500, &demand, &person), 500);
    assert_int_equal(hours_points(500, &demand, &(struct person){0}), 500);
}

static void hours_that_are_worked_are_taken_off(void **state)
{
    (void)state;
    struct demand demand = {.hours_min = 16, .hours_max = 24};
    struct person person = {.hours_min = 8, .hours_max = 32, .hours_worked = 20}; /* 12 are left */
    assert_int_equal(hours_points(500, &demand, &person), 0);
    person.hours_worked = 12; /* 20 are left */
    assert_int_equal(hours_points(500, &demand, &person), 500 * 5 / 9);
    assert_int_equal(hours_common(&demand, &person), 20);
    person.hours_min = 24;
    assert_int_equal(hours_left(&person).min, 20);
    person.hours_worked = 32;
    assert_true(hours_left(&person).min > hours_left(&person).max);
    person = (struct person){.hours_worked = 20}; /* how many in all is not stated */
    assert_int_equal(hours_left(&person).max, UINT8_MAX);
}

static void sector_is_all_or_nothing(void **state)
{
    (void)state;
    const uint16_t wishes[] = {49, 52};
    struct person person = {.sectors = wishes, .sector_count = 2};
    assert_int_equal(sector_points(500, &(struct demand){.sector = 52}, &person), 500);
    assert_int_equal(sector_points(500, &(struct demand){.sector = 10}, &person), 0);
    assert_int_equal(sector_points(500, &(struct demand){0}, &person), 500);
    assert_int_equal(sector_points(500, &(struct demand){.sector = 10}, &(struct person){0}), 500);
}

static void both_floors_must_be_reached(void **state)
{
    (void)state;
    const uint16_t wish = 10;
    struct person_competence has = {1, 3};
    struct demand_competence asks = {1, true, 1, 1, 0};
    struct demand demand = {.sector = 20, .competences = &asks, .competence_count = 1};
    struct person person = {.max_distance_m = 10000, .competences = &has, .competence_count = 1};
    struct score_plan plan;
    struct score_sums sums;
    score_plan_make(&demand, &plan);
    assert_true(score_suitable(&plan, &person, &sums));
    person.sectors = &wish;
    person.sector_count = 1;
    struct person_occupation other = {7, 9999, true, 0}; /* looks for other work */
    demand.isco = 4321;
    person.occupations = &other;
    person.occupation_count = 1;
    person.x = 9000; /* distance 100 + hours 500: just enough */
    assert_true(score_suitable(&plan, &person, &sums));
    assert_int_equal(sums.person, FLOOR_PERSON);
    person.x = 9010;
    assert_false(score_suitable(&plan, &person, &sums));
    assert_int_equal(sums.person, FLOOR_PERSON - 1);
    person.x = person.competence_count = 0;
    assert_false(score_suitable(&plan, &person, &sums));
    assert_int_equal(sums.employer, POINTS_NICE);
}

static void the_order_asked_does_not_matter(void **state)
{
    (void)state;
    struct sample sample = {5};
    struct sample_person one;
    struct sample_demand asked;
    struct score_plan plan;
    struct score a, b;
    sample_person(&sample, 1, 60000, 60, &one);
    sample_demand(&sample, 60000, 60, 16, &asked);
    score_plan_make(&asked.demand, &plan);
    score_explain(&plan, &one.person, &a);
    for (size_t i = 0; i < 8; i++) {
        struct demand_competence kept = asked.competences[i];
        asked.competences[i] = asked.competences[15 - i];
        asked.competences[15 - i] = kept;
    }
    score_plan_make(&asked.demand, &plan);
    score_explain(&plan, &one.person, &b);
    for (size_t i = 0; i < a.count; i++) {
        assert_int_equal(a.contributions[i].number, b.contributions[i].number);
        assert_int_equal(a.contributions[i].points, b.contributions[i].points);
    }
}

static void too_many_competences_are_cut_off(void **state)
{
    (void)state;
    struct demand_competence asks[200];
    struct demand demand = {.competences = asks, .competence_count = 200};
    struct score_plan plan;
    struct score score;
    for (uint32_t i = 0; i < 200; i++)
        asks[i] = (struct demand_competence){1 + i, true, 0, 0, 255};
    score_plan_make(&demand, &plan);
    score_explain(&plan, &(struct person){0}, &score);
    assert_int_equal(plan.count, DEMAND_COMPETENCES_MAX);
    assert_in_range(score.count, DEMAND_COMPETENCES_MAX, CONTRIBUTIONS_MAX);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(shares_are_exact),
        cmocka_unit_test(largest_remainder_gets_the_rest),
        cmocka_unit_test(contributions_sum_to_the_score),
        cmocka_unit_test(all_that_is_asked_is_all_points),
        cmocka_unit_test(without_must_the_occupation_counts_more),
        cmocka_unit_test(a_lower_level_earns_a_part),
        cmocka_unit_test(occupations_are_near_by_their_digits),
        cmocka_unit_test(case_18_what_was_done_is_not_what_is_wanted),
        cmocka_unit_test(distance_falls_in_a_line),
        cmocka_unit_test(roots_are_whole),
        cmocka_unit_test(hours_count_by_overlap),
        cmocka_unit_test(hours_that_are_worked_are_taken_off),
        cmocka_unit_test(sector_is_all_or_nothing),
        cmocka_unit_test(both_floors_must_be_reached),
        cmocka_unit_test(the_order_asked_does_not_matter),
        cmocka_unit_test(too_many_competences_are_cut_off),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
