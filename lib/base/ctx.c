/* SPDX-License-Identifier: EUPL-1.2 */
/* The language of a request, and how a rule refuses a value. */
#include "lib/base/ctx.h"

struct str ctx_language(const struct ctx *ctx)
{
    return ctx->language == LANGUAGE_EN ? S("en") : S("nl");
}

enum err ctx_refuse(struct ctx *ctx, struct str pointer, enum fault_code code)
{
    fault_note(&ctx->faults, ctx->arena, FAULT_AT_BODY, pointer, code, (struct str){0});
    return ERR_INVALID;
}
