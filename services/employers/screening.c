/* SPDX-License-Identifier: EUPL-1.2 */
/* The rules of screening. */
#include "services/employers/gen/contract.h"

/* Every verdict but "suitable" needs a reason. */
enum err screening_check(struct ctx *ctx, const struct screening_new *verdict)
{
    if (verdict->reason.at || str_equal(verdict->verdict, S("suitable")))
        return OK;
    return ctx_refuse(ctx, S("/reason"), FAULT_REQUIRED);
}
