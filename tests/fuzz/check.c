/* SPDX-License-Identifier: EUPL-1.2 */
/* Checks of single values: any bytes, every type. */
#include "lib/http/check.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const struct field field = {.name = "x", .max = 100, .flags = FIELD_EMAIL};
    struct arena *arena = arena_new();
    struct str limit = {0}, text = {(const char *)data, size};
    for (int type = FIELD_TEXT; type <= FIELD_INSTANT; type++)
        check_text(arena, &field, (enum field_type)type, text, &limit);
    arena_free(arena);
    return 0;
}
