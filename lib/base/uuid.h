/* SPDX-License-Identifier: EUPL-1.2 */
/* Identifiers: UUID version 7 (RFC 9562 section 5.7). Programs make them, in the order of time.
 * An identifier is not a secret: knowing it gives no right. */
#ifndef MAATWERK_BASE_UUID_H
#define MAATWERK_BASE_UUID_H

#include "lib/base/str.h"

enum { UUID_TEXT_LEN = 36 };

struct uuid {
    uint8_t bytes[16];
};

/* A new identifier of version 7. It sorts after the earlier identifiers of the same thread. */
struct uuid uuid_new(void);

/* Prints the usual form in lower case, followed by a NUL. Returns it as a str. */
struct str uuid_print(struct uuid id, char text[UUID_TEXT_LEN + 1]);

/* Reads the form of 36 characters, in either case. Returns false when `text` is anything else. */
bool uuid_read(struct str text, struct uuid *ret);

static inline bool uuid_equal(struct uuid a, struct uuid b)
{
    return memcmp(a.bytes, b.bytes, sizeof a.bytes) == 0;
}

#endif
