/* SPDX-License-Identifier: EUPL-1.2 */
/* Rules of benefits. */
#include "tests/unit/unit.h"

#include "services/candidates/gen/contract.h"

static void a_reason_belongs_to_its_event(void **state)
{
    struct ctx *ctx = *state;
    struct benefit_move move = {.event = S("grant")};
    assert_int_equal(benefit_move_check(ctx, &move), OK);
    move.event = S("end");
    assert_int_equal(benefit_move_check(ctx, &move), ERR_INVALID);
    assert_str(ctx->faults.at[0].where, "/endReason");
    move.end_reason = S("work");
    assert_int_equal(benefit_move_check(ctx, &move), OK);
    move.refusal_reason = S("other");
    assert_int_equal(benefit_move_check(ctx, &move), ERR_INVALID);
    assert_str(ctx->faults.at[1].where, "/refusalReason");
}

int main(void)
{
    const struct CMUnitTest tests[] = {UNIT(a_reason_belongs_to_its_event)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
