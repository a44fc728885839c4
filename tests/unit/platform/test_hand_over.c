/* SPDX-License-Identifier: EUPL-1.2 */
/* Rules of hand-overs. */
#include "tests/unit/unit.h"

#include "services/platform/gen/contract.h"

static void from_one_to_another(void **state)
{
    struct ctx *ctx = *state;
    struct hand_over_new over = {.from_user_id = S("a"), .to_user_id = S("b")};
    assert_int_equal(hand_over_new_check(ctx, &over), OK);
    over.to_user_id = S("a");
    assert_int_equal(hand_over_new_check(ctx, &over), ERR_INVALID);
    over = (struct hand_over_new){.from_organisation_id = S("a"), .to_organisation_id = S("a")};
    assert_int_equal(hand_over_new_check(ctx, &over), ERR_INVALID);
    over.to_organisation_id = S("b");
    assert_int_equal(hand_over_new_check(ctx, &over), OK);
}

static void exactly_one_of_each(void **state)
{
    struct ctx *ctx = *state;
    struct hand_over_new over = {0};
    assert_int_equal(hand_over_new_check(ctx, &over), ERR_INVALID);
    assert_str(ctx->faults.at[0].where, "/fromUserId");
    assert_str(ctx->faults.at[1].where, "/toUserId");
    over.from_user_id = over.to_user_id = over.to_organisation_id = S("a");
    assert_int_equal(hand_over_new_check(ctx, &over), ERR_INVALID);
    assert_str(ctx->faults.at[2].where, "/toOrganisationId");
}

int main(void)
{
    const struct CMUnitTest tests[] = {UNIT(from_one_to_another), UNIT(exactly_one_of_each)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
