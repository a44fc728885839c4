/* SPDX-License-Identifier: EUPL-1.2 */
/* Rules of proposals. What may happen when is in the functions of sql/: they lock the vacancy and
 * the candidates, and count. */
#include "services/placements/gen/contract.h"

/* A rejection has a reason. */
enum err proposal_answer_check(struct ctx *ctx, const struct proposal_answer *answer)
{
    if (answer->reason.at || !str_equal(answer->answer, S("reject")))
        return OK;
    fault_note(&ctx->faults, ctx->arena, FAULT_AT_BODY, S("/reason"), FAULT_REQUIRED,
               (struct str){0});
    return ERR_INVALID;
}
