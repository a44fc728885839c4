/* SPDX-License-Identifier: EUPL-1.2 */
/* Rules of candidates. */
#include "tests/unit/unit.h"

#include "openapi/gen/role.h"
#include "services/candidates/candidate.h"

static void a_number_that_fails_the_eleven_test_is_not_repeated(void **state)
{
    struct ctx *ctx = *state;
    assert_int_equal(candidate_bsn_check(ctx, S("123456789")), ERR_INVALID);
    assert_int_equal(ctx->faults.count, 1);
    assert_str(ctx->faults.at[0].where, "/bsn");
    assert_int_equal(ctx->faults.at[0].code, FAULT_ELEVEN_TEST);
    assert_null(ctx->faults.at[0].limit.at); /* the number is in no fault */
}

static void a_number_may_be_absent(void **state)
{
    assert_int_equal(candidate_bsn_check(*state, (struct str){0}), OK);
    assert_int_equal(candidate_bsn_check(*state, S("999990019")), OK);
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
        UNIT(a_number_that_fails_the_eleven_test_is_not_repeated),
        UNIT(a_number_may_be_absent),
        UNIT(a_case_manager_owns_what_he_registers),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
