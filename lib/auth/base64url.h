/* SPDX-License-Identifier: EUPL-1.2 */
/* base64url without padding (RFC 4648 section 5), strict: one text for each sequence of bytes. */
#ifndef MAATWERK_AUTH_BASE64URL_H
#define MAATWERK_AUTH_BASE64URL_H

#include "lib/base/arena.h"

/* The text of `bytes`. */
struct str base64url_encode(struct arena *arena, struct str bytes);

/* The bytes of `text`, with a NUL behind them; absent when it is not exactly what
 * base64url_encode would give. */
struct str base64url_decode(struct arena *arena, struct str text);

#endif
