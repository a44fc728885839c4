/* SPDX-License-Identifier: EUPL-1.2 */
/* Values of headers. The versions of a list of tags have every version that the list names; a
 * key has no quote and no comma. */
#include <stdlib.h>

#include "lib/http/check.h"
#include "lib/http/etag.h"
#include "lib/http/preference.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct arena *arena = arena_new();
    struct ctx ctx = {.arena = arena};
    struct str value = {(const char *)data, size}, key = {0};
    enum language language = preference_language(value);
    preference_admits(value, S("application/json"));
    struct str versions = etag_versions(arena, value);
    bool list = etag_is_list(value), seven = etag_is_named(value, S("\"7\""));
    bool any = str_equal(versions, S("{(,)}"));
    if (language != LANGUAGE_NL && language != LANGUAGE_EN)
        abort();
    if (seven && !any && !memmem(versions.at, versions.len, "[7,7]", 5))
        abort();
    if (any && !list)
        abort();
    if (check_key(&ctx, value, NULL, &key) == OK
        && (key.len < KEY_LEAST || memchr(key.at, '"', key.len) || memchr(key.at, ',', key.len)))
        abort();
    arena_free(arena);
    return 0;
}
