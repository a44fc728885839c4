/* SPDX-License-Identifier: EUPL-1.2 */
/* A municipality may send any bytes as a template; what is taken of it can be written, and read again. */
#include <stdlib.h>

#include "workers/documents/marks.h"
#include "workers/documents/odt.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct arena *arena = arena_new();
    struct odt odt, again;
    struct str joined = marks_join(arena, (struct str){(const char *)data, size});
    if (!str_equal(joined, marks_join(arena, joined)))
        abort();
    if (!odt_read(arena, (struct str){(const char *)data, size}, &odt)) {
        struct str file = odt_write(arena, &odt, odt.content, odt.styles, S("x"));
        if (odt_read(arena, file, &again) || !str_equal(odt.content, again.content)
            || !str_equal(odt.styles, again.styles) || odt.count != again.count)
            abort();
    }
    arena_free(arena);
    return 0;
}
