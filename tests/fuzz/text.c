/* SPDX-License-Identifier: EUPL-1.2 */
/* The normal form of any bytes. A normal text stays as it is, and no accepted text has hidden
 * characters. */
#include <stdlib.h>

#include "lib/base/phone.h"
#include "lib/base/text.h"
#include "lib/base/utf8.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_form(struct arena *arena, struct str text, enum text_form form)
{
    struct str once, twice;
    if (text_normalise(arena, text, form, &once) != TEXT_GOOD)
        return;
    if (text_normalise(arena, once, form, &twice) != TEXT_GOOD || !str_equal(once, twice))
        abort();
    if (!utf8_is_valid(once) || (text.len && !once.len)
        || (once.len && memchr(once.at, 0, once.len)))
        abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct arena *arena = arena_new();
    struct str text = {(const char *)data, size}, number, again;
    for (int form = TEXT_LINE; form <= TEXT_LINES; form++)
        check_form(arena, text, (enum text_form)form);
    if (phone_read(arena, text, &number)
        && (!phone_read(arena, number, &again) || !str_equal(number, again)))
        abort();
    arena_free(arena);
    return 0;
}
