/* SPDX-License-Identifier: EUPL-1.2 */
/* cJSON on an arena. Its hooks take no context, hence the one thread-local pointer of
 * the project. */
#include "lib/json/parse.h"

#include "lib/json/scan.h"

static _Thread_local struct arena *parse_arena;

static void *parse_alloc(size_t size)
{
    return arena_alloc(parse_arena, size);
}

static void parse_free(void *what)
{
    (void)what; /* the arena ends it */
}

void json_start(void)
{
    cJSON_Hooks hooks = {parse_alloc, parse_free};
    cJSON_InitHooks(&hooks);
}

enum err json_parse(struct ctx *ctx, struct str text, cJSON **ret)
{
    enum fault_code code = FAULT_NONE;
    size_t at = 0;
    enum err err = json_scan(ctx->arena, text, &code, &at);
    if (err) {
        fault_note(&ctx->faults, ctx->arena, FAULT_AT_BODY, S(""), code,
                   arena_print(ctx->arena, "byte %zu", at));
        return err;
    }
    parse_arena = ctx->arena;
    struct str copy = arena_copy(ctx->arena, text);
    cJSON *tree = cJSON_ParseWithLength(copy.at, copy.len + 1);
    parse_arena = NULL;
    if (!tree)
        return ERR_INTERNAL; /* what the scanner lets through, cJSON understands */
    *ret = tree;
    return OK;
}
