/* SPDX-License-Identifier: EUPL-1.2 */
/* Where a list goes on: opaque for clients, signed by us, so that nobody can ask for what he
 * did not get. */
#ifndef MAATWERK_AUTH_CURSOR_H
#define MAATWERK_AUTH_CURSOR_H

#include "lib/auth/keys.h"
#include "lib/base/arena.h"
#include "lib/base/limits.h"

struct cursor {
    struct str sort;       /* name of the sort; no line breaks */
    struct str value, key; /* of the last item */
    bool descending;
    uint64_t filters_hash; /* of everything else that was asked */
};

struct str cursor_print(struct arena *arena, const struct keys *keys, const struct cursor *cursor);

/* ERR_INVALID when it is not one of ours. */
enum err cursor_read(struct arena *arena, const struct keys *keys, struct str text,
                     struct cursor *ret) MUST_CHECK;

#endif
