/* SPDX-License-Identifier: EUPL-1.2 */
/* Rules of trajectories. */
#include "tests/unit/unit.h"

#include "services/candidates/gen/contract.h"

static void a_finish_has_an_outcome_and_a_stop_a_reason(void **state)
{
    struct ctx *ctx = *state;
    struct trajectory_move move = {.event = S("finish")};
    assert_int_equal(trajectory_move_check(ctx, &move), ERR_INVALID);
    assert_str(ctx->faults.at[0].where, "/outcome");
    move.outcome = S("at_work");
    assert_int_equal(trajectory_move_check(ctx, &move), OK);
    move.event = S("stop");
    assert_int_equal(trajectory_move_check(ctx, &move), ERR_INVALID);
}

static void only_work_has_an_origin(void **state)
{
    struct ctx *ctx = *state;
    struct trajectory_move move = {.event = S("finish"),
                                   .outcome = S("at_work"),
                                   .work_origin = S("self_found")};
    assert_int_equal(trajectory_move_check(ctx, &move), OK);
    move.outcome = S("qualified");
    assert_int_equal(trajectory_move_check(ctx, &move), ERR_INVALID);
    assert_str(ctx->faults.at[0].where, "/workOrigin");
}

int main(void)
{
    const struct CMUnitTest tests[] = {UNIT(a_finish_has_an_outcome_and_a_stop_a_reason),
                                       UNIT(only_work_has_an_origin)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
