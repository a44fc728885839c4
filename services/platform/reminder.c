/* SPDX-License-Identifier: EUPL-1.2 */
/* The rules of reminders. */
#include "services/platform/gen/contract.h"

/* The contract says that the time has the form of one; a day has no hours after 23. */
enum err reminder_preference_check(struct ctx *ctx, const struct reminder_choice *choice)
{
    if (!choice->digest_at.at || str_compare(choice->digest_at, S("24:00")) < 0)
        return OK;
    return ctx_refuse(ctx, S("/digestAt"), FAULT_FORMAT);
}
