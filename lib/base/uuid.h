/* SPDX-License-Identifier: EUPL-1.2 */
/* Identifiers: UUID version 7 (RFC 9562 section 5.7), made by the program, in time order.
 * An identifier is not a secret: it never gives a right. */
#ifndef MAATWERK_BASE_UUID_H
#define MAATWERK_BASE_UUID_H

#include "lib/base/str.h"

enum { UUID_TEXT_LEN = 36 };

struct uuid {
    uint8_t bytes[16];
};

/* A new version 7 identifier; later ones of the same thread sort behind earlier ones. */
struct uuid uuid_new(void);

/* The usual text in lower case, with a NUL; `text` holds UUID_TEXT_LEN + 1 bytes. Returns it
 * as a str. */
struct str uuid_print(struct uuid id, char text[UUID_TEXT_LEN + 1]);

/* Reads the 36-character form, either case. Returns false, *ret untouched, when it
 * is anything else. */
bool uuid_read(struct str text, struct uuid *ret);

static inline bool uuid_equal(struct uuid a, struct uuid b)
{
    return memcmp(a.bytes, b.bytes, sizeof a.bytes) == 0;
}

#endif
