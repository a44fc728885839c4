/* SPDX-License-Identifier: EUPL-1.2 */
/* A decoded text is the same after it is encoded and decoded again. */
#include <stdlib.h>

#include "lib/http/uri.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct arena *arena = arena_new();
    struct ctx ctx = {.arena = arena};
    struct uri uri;
    if (uri_read(&ctx, (struct str){(const char *)data, size}, &uri) == OK)
        for (size_t i = 0; i < uri.parameters_count; i++) {
            struct buf again = buf_in(arena);
            uri_encode(&again, uri.parameters[i].value);
            if (!str_equal(uri_decode(arena, buf_str(&again), true), uri.parameters[i].value))
                abort();
        }
    arena_free(arena);
    return 0;
}
