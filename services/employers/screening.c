/* SPDX-License-Identifier: EUPL-1.2 */
/* Rules of screening. */
#include "services/employers/gen/contract.h"

/* Whoever is not simply told "suitable" hears why. */
enum err screening_check(struct ctx *ctx, const struct screening_new *verdict)
{
    if (verdict->reason.at || str_equal(verdict->verdict, S("suitable")))
        return OK;
    fault_note(&ctx->faults, ctx->arena, FAULT_AT_BODY, S("/reason"), FAULT_REQUIRED,
               (struct str){0});
    return ERR_INVALID;
}
