/* SPDX-License-Identifier: EUPL-1.2 */
/* Rules of vacancies. */
#include "tests/unit/unit.h"

#include "openapi/gen/role.h"
#include "services/employers/vacancy.h"

static void what_is_named_twice_is_told_where(void **state)
{
    struct ctx *ctx = *state;
    struct vacancy_competence competences[] = {{.competence_id = S("a")},
                                               {.competence_id = S("b")},
                                               {.competence_id = S("a")}};
    struct vacancy_condition conditions[] = {{.condition = S("x")},
                                             {.condition = S("x")},
                                             {.condition = S("X")}};
    struct vacancy_change change = {.competences = {competences, 3, true},
                                    .conditions = {conditions, 3, true}};
    assert_int_equal(vacancy_change_check(ctx, &change), ERR_INVALID);
    assert_int_equal(ctx->faults.count, 2);
    assert_str(ctx->faults.at[0].where, "/competences/2");
    assert_str(ctx->faults.at[1].where, "/conditions/1");
}

static void what_begins_on_the_last_day_is_in_time(void **state)
{
    struct ctx *ctx = *state;
    struct vacancy_new vacancy = {.start_date = S("2027-01-01"),
                                  .needed_by = S("2027-01-01"),
                                  .hours_min = {0, true},
                                  .hours_max = {0, true}};
    assert_int_equal(vacancy_check(ctx, &vacancy), OK);
    vacancy.start_date = S("2027-01-02");
    assert_int_equal(vacancy_check(ctx, &vacancy), ERR_INVALID);
    ctx->faults.count = 0;
    vacancy.needed_by = (struct str){0}; /* one of both is enough for nothing */
    assert_int_equal(vacancy_check(ctx, &vacancy), OK);
}

static void every_reporter_has_a_source(void **state)
{
    (void)state;
    assert_str(vacancy_source(1u << ROLE_FIRM), "firm");
    assert_str(vacancy_source(1u << ROLE_HUB), "hub");
    assert_str(vacancy_source(1u << ROLE_ACCOUNT_MANAGER), "account_manager");
    assert_str(vacancy_source(1u << ROLE_TEAM_LEAD), "account_manager");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        UNIT(what_is_named_twice_is_told_where),
        UNIT(what_begins_on_the_last_day_is_in_time),
        UNIT(every_reporter_has_a_source),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
