/* SPDX-License-Identifier: EUPL-1.2 */
/* A cursor that we did not sign is refused; a cursor that we signed is read back unchanged. */
#include <stdlib.h>

#include "lib/auth/cursor.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const struct keys keys = {.cursor = "0123456789abcdef0123456789abcde"};
    struct arena *arena = arena_new();
    struct cursor read;
    struct str text = {(const char *)data, size};
    if (cursor_read(arena, &keys, text, &read) == OK)
        abort();                                 /* somebody has broken HMAC-SHA-256 */
    if (memchr(text.at ? text.at : "", 0, size)) /* texts from the database have no NUL */
        text.len = 0;
    struct cursor made = {.sort = S("name"),
                          .value = arena_copy(arena, text),
                          .key = S("k"),
                          .filters_hash = size};
    struct str printed = cursor_print(arena, &keys, &made);
    if (printed.len <= LIMIT_CURSOR
        && (cursor_read(arena, &keys, printed, &read) != OK || !str_equal(read.value, text)))
        abort();
    arena_free(arena);
    return 0;
}
