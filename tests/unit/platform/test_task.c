/* SPDX-License-Identifier: EUPL-1.2 */
/* Rules of tasks. */
#include "tests/unit/unit.h"

#include "services/platform/gen/contract.h"

static void a_task_is_due_at_a_moment_or_on_a_day(void **state)
{
    struct ctx *ctx = *state;
    struct task_new task = {0};
    assert_int_equal(task_new_check(ctx, &task), OK); /* the rule of its kind says when */
    task.due_day = S("2031-03-03");
    assert_int_equal(task_new_check(ctx, &task), OK);
    task.due_at = S("2031-03-03T11:00:00Z");
    assert_int_equal(task_new_check(ctx, &task), ERR_INVALID);
    assert_str(ctx->faults.at[0].where, "/dueDay");
}

static void another_moment_is_one(void **state)
{
    struct ctx *ctx = *state;
    struct task_replanning plan = {.due_at = S("2031-03-03T11:00:00Z")};
    assert_int_equal(task_replanning_check(ctx, &plan), OK);
    plan.due_at = (struct str){0};
    assert_int_equal(task_replanning_check(ctx, &plan), ERR_INVALID);
    assert_str(ctx->faults.at[0].where, "/dueAt");
}

int main(void)
{
    const struct CMUnitTest tests[] = {UNIT(a_task_is_due_at_a_moment_or_on_a_day),
                                       UNIT(another_moment_is_one)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
