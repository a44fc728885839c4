/* SPDX-License-Identifier: EUPL-1.2 */
/* Checks of single values: any bytes, every type. A value that does not fit has one fault. */
#include <stdlib.h>

#include "lib/http/check.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const struct field field = {.name = "x", .max = 100, .flags = FIELD_EMAIL};
    struct arena *arena = arena_new();
    struct ctx ctx = {.arena = arena};
    struct str text = {(const char *)data, size};
    for (int type = FIELD_TEXT; type <= FIELD_INSTANT; type++) {
        size_t before = ctx.faults.count;
        enum err err = check_text(&ctx, &field, (enum field_type)type, text, NULL);
        if ((err == OK) != (ctx.faults.count == before))
            abort();
    }
    arena_free(arena);
    return 0;
}
