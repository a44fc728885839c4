/* SPDX-License-Identifier: EUPL-1.2 */
/* The rules of proposals. Rules that depend on stored rows are in the functions of sql/, which
 * lock the vacancy and the candidates, and count. */
#include "services/placements/gen/contract.h"

/* A rejection needs a reason. */
enum err proposal_answer_check(struct ctx *ctx, const struct proposal_answer *answer)
{
    if (answer->reason.at || !str_equal(answer->answer, S("reject")))
        return OK;
    return ctx_refuse(ctx, S("/reason"), FAULT_REQUIRED);
}
