/* SPDX-License-Identifier: EUPL-1.2 */
/* The place where the next page of a list begins. A cursor travels in addresses, which end up in
 * logs and histories, and it holds values of a row. So it is encrypted (AES-256-GCM, NIST SP
 * 800-38D), and it is of use only to who received it, and only for the same query. */
#ifndef MAATWERK_AUTH_CURSOR_H
#define MAATWERK_AUTH_CURSOR_H

#include "lib/auth/keys.h"
#include "lib/base/arena.h"
#include "lib/base/limits.h"

struct cursor {
    struct str value, key; /* of the last item; `key` has no line breaks */
};

/* The cursor as text, in the arena. `owner` says for whom and for which query it is: it is not in
 * the text, and cursor_read() needs the same. The same cursor gives the same text, so that the
 * entity tag of a page does not change while the page does not. */
struct str cursor_print(struct arena *arena, const struct keys *keys, struct str owner,
                        const struct cursor *cursor);

/* Reads a cursor. ERR_INVALID when we did not make it for this owner, or made it with a key that is
 * neither the present one nor the one before. */
enum err cursor_read(struct arena *arena, const struct keys *keys, struct str owner,
                     struct str text, struct cursor *ret) MUST_CHECK;

#endif
