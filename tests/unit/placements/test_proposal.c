/* SPDX-License-Identifier: EUPL-1.2 */
/* Rules of proposals. */
#include "tests/unit/unit.h"

#include "services/placements/gen/contract.h"

static void only_a_rejection_needs_a_reason(void **state)
{
    struct ctx *ctx = *state;
    struct proposal_answer answer = {.answer = S("invite")};
    assert_int_equal(proposal_answer_check(ctx, &answer), OK);
    answer.answer = S("reject");
    assert_int_equal(proposal_answer_check(ctx, &answer), ERR_INVALID);
    assert_str(ctx->faults.at[0].where, "/reason");
    assert_int_equal(ctx->faults.at[0].code, FAULT_REQUIRED);
    answer.reason = S("travel");
    assert_int_equal(proposal_answer_check(ctx, &answer), OK);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        UNIT(only_a_rejection_needs_a_reason),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
