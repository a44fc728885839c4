/* SPDX-License-Identifier: EUPL-1.2 */
/* The persons in memory: put, replace, remove, find. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h> /* wants those before itself */

#include "tests/unit/matching/sample.h"

enum { REGION = 60000, KINDS = 200 };

static void puts_and_finds(void **state)
{
    (void)state;
    struct population *population = population_new();
    struct sample sample = {1};
    struct sample_person one;
    sample_person(&sample, 7, REGION, KINDS, &one);
    struct person_competence first = one.competences[0];
    population_put(population, &one.person);
    memset(one.competences, 0xff, sizeof(one.competences));
    const struct person *found = population_find(population, one.person.id);
    assert_non_null(found);
    assert_int_equal(found->competences[0].number, first.number);
    assert_int_equal(found->competences[0].level, first.level);
    assert_true(found->alias.at != one.person.alias.at);
    assert_true(str_equal(found->alias, S("kandidaat")));
    assert_ptr_equal(population_at(population, 0), found);
    assert_null(population_at(population, 1));
    population_free(population);
}

static void replaces_by_id(void **state)
{
    (void)state;
    struct population *population = population_new();
    struct sample sample = {2};
    struct sample_person one;
    sample_person(&sample, 7, REGION, KINDS, &one);
    population_put(population, &one.person);
    one.person.x = 1;
    one.person.competence_count = one.person.occupation_count = one.person.sector_count = 0;
    one.person.alias = (struct str){NULL, 0};
    population_put(population, &one.person);
    assert_int_equal(population_count(population), 1);
    const struct person *found = population_find(population, one.person.id);
    assert_int_equal(found->x, 1);
    assert_int_equal(found->competence_count, 0);
    assert_null(found->competences);
    assert_null(found->alias.at);
    population_put(population, found); /* its own copy */
    assert_int_equal(population_count(population), 1);
    population_free(population);
}

static void removes_only_what_is_there(void **state)
{
    (void)state;
    struct population *population = population_new();
    struct sample sample = {3};
    struct sample_person one;
    sample_person(&sample, 7, REGION, KINDS, &one);
    assert_false(population_remove(population, one.person.id));
    population_put(population, &one.person);
    assert_true(population_remove(population, one.person.id));
    assert_false(population_remove(population, one.person.id));
    assert_null(population_find(population, one.person.id));
    assert_int_equal(population_count(population), 0);
    population_free(population);
    population_free(NULL);
}

/* Many random changes, against a plain table. */
static void agrees_with_a_plain_table(void **state)
{
    enum { SERIALS = 500 };
    (void)state;
    struct population *population = population_new();
    struct sample sample = {4};
    int32_t x[SERIALS] = {0}; /* 0: not there */
    size_t count = 0;
    for (int step = 0; step < 20000; step++) {
        uint32_t serial = sample_below(&sample, SERIALS);
        struct sample_person one;
        sample_person(&sample, serial, REGION, KINDS, &one);
        if (sample_below(&sample, 2)) {
            population_put(population, &one.person);
            count += x[serial] == 0;
            x[serial] = one.person.x;
        } else {
            assert_int_equal(population_remove(population, one.person.id), x[serial] != 0);
            count -= x[serial] != 0;
            x[serial] = 0;
        }
        assert_int_equal(population_count(population), count);
        sample_person(&sample, serial = sample_below(&sample, SERIALS), REGION, KINDS, &one);
        const struct person *found = population_find(population, one.person.id);
        assert_int_equal(found ? found->x : 0, x[serial]);
    }
    population_free(population);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(puts_and_finds),
        cmocka_unit_test(replaces_by_id),
        cmocka_unit_test(removes_only_what_is_there),
        cmocka_unit_test(agrees_with_a_plain_table),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
