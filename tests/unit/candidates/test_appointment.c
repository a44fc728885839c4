/* SPDX-License-Identifier: EUPL-1.2 */
/* Rules of appointments. */
#include "tests/unit/unit.h"

#include "services/candidates/gen/contract.h"

static void an_invitation_has_a_channel_and_a_move_a_time(void **state)
{
    struct ctx *ctx = *state;
    struct appointment_move move = {.event = S("invite")};
    assert_int_equal(appointment_move_check(ctx, &move), ERR_INVALID);
    assert_str(ctx->faults.at[0].where, "/channel");
    move.channel = S("letter");
    assert_int_equal(appointment_move_check(ctx, &move), OK);
    move = (struct appointment_move){.event = S("move"), .starts_at = S("2031-03-03T09:00:00Z")};
    assert_int_equal(appointment_move_check(ctx, &move), OK);
}

static void what_belongs_to_another_event_is_refused(void **state)
{
    struct ctx *ctx = *state;
    struct appointment_move move = {.event = S("excuse"),
                                    .channel = S("letter"),
                                    .place = S("there")};
    assert_int_equal(appointment_move_check(ctx, &move), ERR_INVALID);
    assert_int_equal(ctx->faults.count, 3);
    assert_str(ctx->faults.at[1].where, "/reason");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        UNIT(an_invitation_has_a_channel_and_a_move_a_time),
        UNIT(what_belongs_to_another_event_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
