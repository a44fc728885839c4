/* SPDX-License-Identifier: EUPL-1.2 */
/* Rules of screening. */
#include "tests/unit/unit.h"

#include "services/employers/gen/contract.h"

static void what_is_not_simply_suitable_needs_a_reason(void **state)
{
    struct ctx *ctx = *state;
    struct screening_new verdict = {.verdict = S("suitable")};
    assert_int_equal(screening_check(ctx, &verdict), OK);
    verdict.verdict = S("suitable_after_carving");
    assert_int_equal(screening_check(ctx, &verdict), ERR_INVALID);
    assert_str(ctx->faults.at[0].where, "/reason");
    assert_int_equal(ctx->faults.at[0].code, FAULT_REQUIRED);
    verdict.reason = S("the evening shift goes to somebody else");
    assert_int_equal(screening_check(ctx, &verdict), OK);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        UNIT(what_is_not_simply_suitable_needs_a_reason),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
