/* SPDX-License-Identifier: EUPL-1.2 */
/* The place where the next page of a list begins. It is opaque for clients and signed by us, so
 * that no client can make one. */
#ifndef MAATWERK_AUTH_CURSOR_H
#define MAATWERK_AUTH_CURSOR_H

#include "lib/auth/keys.h"
#include "lib/base/arena.h"
#include "lib/base/limits.h"

struct cursor {
    struct str sort;       /* name of the sort; no line breaks */
    struct str value, key; /* of the last item */
    bool descending;
    uint64_t filters_hash; /* of the other parameters of the request */
};

/* The cursor as text, in the arena. */
struct str cursor_print(struct arena *arena, const struct keys *keys, const struct cursor *cursor);

/* Reads a cursor. ERR_INVALID when we did not make it. */
enum err cursor_read(struct arena *arena, const struct keys *keys, struct str text,
                     struct cursor *ret) MUST_CHECK;

#endif
