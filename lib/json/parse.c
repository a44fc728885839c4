/* SPDX-License-Identifier: EUPL-1.2 */
/* cJSON that allocates from an arena. Its hooks take no context: therefore this pointer, one per
 * thread. */
#include "lib/json/parse.h"

#include "lib/json/scan.h"

static _Thread_local struct arena *parse_arena;

static void *parse_alloc(size_t size)
{
    return arena_alloc(parse_arena, size);
}

static void parse_free(void *what)
{
    (void)what; /* the arena frees it */
}

void json_start(void)
{
    cJSON_Hooks hooks = {parse_alloc, parse_free};
    cJSON_InitHooks(&hooks);
}

enum err json_parse(struct ctx *ctx, struct str text, cJSON **ret)
{
    enum err err = json_scan(ctx, text);
    if (err)
        return err;
    parse_arena = ctx->arena;
    struct str copy = arena_copy(ctx->arena, text);
    cJSON *tree = cJSON_ParseWithLength(copy.at, copy.len + 1);
    parse_arena = NULL;
    if (!tree)
        return ERR_INTERNAL; /* cJSON reads everything that the scanner accepts */
    *ret = tree;
    return OK;
}
