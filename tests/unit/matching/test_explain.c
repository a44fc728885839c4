/* SPDX-License-Identifier: EUPL-1.2 */
/* The explanation of one place in a ranking. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h> /* wants those before itself */

#include "workers/matching/engine/explain.h"

static struct str condition_name(void *data, int bit)
{
    (void)data;
    return bit == 2 ? S("rijbewijs \"B\"") : (struct str){NULL, 0};
}

static struct str competence_name(void *data, uint32_t number)
{
    (void)data;
    return number == 31 ? S("inpakken") : S("tellen");
}

static const struct explain_names names = {condition_name, competence_name, NULL};

static void tells_all(void **state)
{
    (void)state;
    struct arena *arena = arena_new();
    struct buf buf = buf_in(arena);
    const struct demand_competence asks[] = {{31, true, 3, 1, 0}, {40, false, 1, 1, 0}};
    const struct person_competence has[] = {{31, 2}, {40, 1}};
    const struct person_occupation done = {8, 4321, false, 1};
    struct demand demand = {.x = 3000,
                            .hours_min = 20,
                            .hours_max = 24,
                            .hard = 4 | 32,
                            .soft = 2 | 64,
                            .occupation = 8,
                            .competences = asks,
                            .competence_count = 2};
    struct person person = {.max_distance_m = 12000,
                            .have = 4,
                            .known = 4 | 2,
                            .competences = has,
                            .competence_count = 2,
                            .occupations = &done,
                            .occupation_count = 1};
    struct score_plan plan;
    struct ranked item = {.person = &person};
    score_plan_make(&demand, &plan);
    score_explain(&plan, &person, &item.score);
    explain_item(&buf, &item, &names);
    assert_string_equal(
        buf_str(&buf).at,
        "{\"contributions\":["
        "{\"code\":\"must\",\"label\":\"inpakken\",\"number\":31,\"points\":3333,\"of\":5000},"
        "{\"code\":\"nice\",\"label\":\"tellen\",\"number\":40,\"points\":1500,\"of\":1500},"
        "{\"code\":\"occupation\",\"number\":8,\"value\":1,\"points\":1000,\"of\":1000},"
        "{\"code\":\"distance\",\"value\":3000,\"limit\":12000,\"points\":750,\"of\":1000},"
        "{\"code\":\"hours\",\"value\":24,\"limit\":24,\"points\":500,\"of\":500},"
        "{\"code\":\"sector\",\"points\":500,\"of\":500},"
        "{\"code\":\"wish\",\"number\":8,\"against\":true,\"points\":0,\"of\":500}],"
        "\"hard\":[{\"condition\":\"rijbewijs \\\"B\\\"\",\"result\":\"yes\"},"
        "{\"result\":\"verify\"}],"
        "\"missing\":["
        "{\"code\":\"competence\",\"label\":\"inpakken\",\"points\":1667},"
        "{\"code\":\"condition\",\"points\":0}]}");
    arena_free(arena);
}

static void empty_lists_are_lists(void **state)
{
    (void)state;
    struct arena *arena = arena_new();
    struct buf buf = buf_in(arena);
    struct ranked item = {0};
    explain_item(&buf, &item, &names);
    assert_string_equal(buf_str(&buf).at, "{\"contributions\":[],\"hard\":[],\"missing\":[]}");
    arena_free(arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(tells_all),
        cmocka_unit_test(empty_lists_are_lists),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
