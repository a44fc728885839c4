/* SPDX-License-Identifier: EUPL-1.2 */
/* Rules of tasks. */
#include "services/platform/gen/contract.h"

/* A task is due at a moment or on a day. */
static enum err due_once(struct ctx *ctx, struct str at, struct str day)
{
    return at.at && day.at ? ctx_refuse(ctx, S("/dueDay"), FAULT_NOT_HERE) : OK;
}

enum err task_new_check(struct ctx *ctx, const struct task_new *task)
{
    return due_once(ctx, task->due_at, task->due_day);
}

/* Another moment is one that is named. */
enum err task_replanning_check(struct ctx *ctx, const struct task_replanning *plan)
{
    if (!plan->due_at.at && !plan->due_day.at)
        return ctx_refuse(ctx, S("/dueAt"), FAULT_REQUIRED);
    return due_once(ctx, plan->due_at, plan->due_day);
}
