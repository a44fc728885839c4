/* SPDX-License-Identifier: EUPL-1.2 */
/* A cursor that we did not make is refused; a cursor that we made is read back unchanged, and by
 * nobody else. */
#include <stdlib.h>

#include "lib/auth/cursor.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const struct keys keys = {.cursor = "0123456789abcdef0123456789abcde",
                                     .cursor_before = "fedcba9876543210fedcba987654321",
                                     .has_cursor_before = true};
    struct arena *arena = arena_new();
    struct cursor read;
    struct str text = {(const char *)data, size};
    if (cursor_read(arena, &keys, S("owner"), text, &read) == OK)
        abort();                                 /* somebody has broken AES-256-GCM */
    if (memchr(text.at ? text.at : "", 0, size)) /* texts from the database have no NUL */
        text.len = 0;
    struct cursor made = {.value = arena_copy(arena, text), .key = S("k")};
    struct str printed = cursor_print(arena, &keys, S("owner"), &made);
    if (printed.len <= LIMIT_CURSOR
        && (cursor_read(arena, &keys, S("owner"), printed, &read) != OK
            || !str_equal(read.value, text) || !str_equal(read.key, made.key)))
        abort();
    if (cursor_read(arena, &keys, made.value, printed, &read) == OK
        && !str_equal(made.value, S("owner")))
        abort();
    arena_free(arena);
    return 0;
}
