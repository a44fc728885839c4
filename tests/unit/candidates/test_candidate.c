/* SPDX-License-Identifier: EUPL-1.2 */
/* Rules of candidates. */
#include "tests/unit/unit.h"

#include "openapi/gen/role.h"
#include "services/candidates/candidate.h"

static void hours_and_number_are_looked_at_together(void **state)
{
    struct ctx *ctx = *state;
    struct candidate_new candidate = {.bsn = S("123456789"),
                                      .hours_min = {21, true},
                                      .hours_max = {20, true}};
    assert_int_equal(candidate_check(ctx, &candidate), ERR_INVALID);
    assert_int_equal(ctx->faults.count, 2);
    assert_int_equal(ctx->faults.at[0].code, FAULT_ORDER);
    assert_int_equal(ctx->faults.at[1].code, FAULT_ELEVEN_TEST);
    assert_null(ctx->faults.at[1].limit.at); /* the number is in no fault */
}

static void equal_hours_and_no_number_are_fine(void **state)
{
    struct candidate_new candidate = {.hours_min = {20, true}, .hours_max = {20, true}};
    assert_int_equal(candidate_check(*state, &candidate), OK);
    candidate = (struct candidate_new){.hours_min = {40, true}, .bsn = S("999990019")};
    assert_int_equal(candidate_check(*state, &candidate), OK);
}

static void a_change_is_checked_when_it_names_both(void **state)
{
    struct candidate_change change = {.hours_min = {40, true}};
    assert_int_equal(candidate_change_check(*state, &change),
                     OK); /* the database knows the other */
    change.hours_max = (struct maybe_int){0, true};
    assert_int_equal(candidate_change_check(*state, &change), ERR_INVALID);
}

static void a_case_manager_owns_what_he_registers(void **state)
{
    (void)state;
    struct actor actor = {.role = 1u << ROLE_CASE_MANAGER, .user_id = S("me")};
    struct candidate_new candidate = {0};
    assert_str(candidate_case_manager(&actor, &candidate), "me");
    candidate.case_manager_id = S("another");
    assert_str(candidate_case_manager(&actor, &candidate), "another");
    candidate.case_manager_id = (struct str){0};
    actor.role = 1u << ROLE_CONSULTANT;
    assert_null(candidate_case_manager(&actor, &candidate).at);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        UNIT(hours_and_number_are_looked_at_together),
        UNIT(equal_hours_and_no_number_are_fine),
        UNIT(a_change_is_checked_when_it_names_both),
        UNIT(a_case_manager_owns_what_he_registers),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
