/* SPDX-License-Identifier: EUPL-1.2 */
/* Any bytes as the head of a request. A second Host or length makes the framing unclear. */
#include <stdlib.h>

#include "lib/base/buf.h"
#include "lib/http/framing.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const char *const more[] = {"Host: a\r\nHost: a\r\n",
                                       "Content-Length: 1\r\nTransfer-Encoding: chunked\r\n",
                                       " folded\r\n"};
    struct arena *arena = arena_new();
    struct str given = {(const char *)data, size};
    framing_is_clear(given);
    for (size_t i = 0; i < sizeof more / sizeof *more; i++)
        if (framing_is_clear(
                arena_print(arena, "GET / HTTP/1.1\r\n%s%.*s", more[i], STR_ARG(given))))
            abort();
    arena_free(arena);
    return 0;
}
