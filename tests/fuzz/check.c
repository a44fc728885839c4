/* SPDX-License-Identifier: EUPL-1.2 */
/* Checks of single values: any bytes, every type. A value that does not fit has one fault. */
#include <stdlib.h>

#include "lib/http/check.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const struct field fields[] = {{.name = "x", .max = 100, .flags = FIELD_EMAIL},
                                          {.name = "x", .max = 30, .flags = FIELD_PHONE},
                                          {.name = "x", .flags = FIELD_BIRTH}};
    struct arena *arena = arena_new();
    struct ctx ctx = {.arena = arena};
    for (int i = 0; i < 3 * (FIELD_INSTANT + 1); i++) {
        struct str text = {(const char *)data, size};
        size_t before = ctx.faults.count;
        enum err err = check_text(&ctx, &fields[i % 3], (enum field_type)(i / 3), &text, NULL);
        if ((err == OK) != (ctx.faults.count == before))
            abort();
    }
    arena_free(arena);
    return 0;
}
