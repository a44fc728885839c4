/* SPDX-License-Identifier: EUPL-1.2 */
/* How a rule refuses a value. */
#include "lib/base/ctx.h"

enum err ctx_refuse(struct ctx *ctx, struct str pointer, enum fault_code code)
{
    fault_note(&ctx->faults, ctx->arena, FAULT_AT_BODY, pointer, code, (struct str){0});
    return ERR_INVALID;
}
