/* SPDX-License-Identifier: EUPL-1.2 */
/* base64url without padding (RFC 4648 section 5). Decoding is strict: each sequence of bytes has
 * one text. */
#ifndef MAATWERK_AUTH_BASE64URL_H
#define MAATWERK_AUTH_BASE64URL_H

#include "lib/base/arena.h"

/* The text of `bytes`. */
struct str base64url_encode(struct arena *arena, struct str bytes);

/* The bytes of `text`, followed by a NUL; absent when base64url_encode() would not give exactly
 * this text. */
struct str base64url_decode(struct arena *arena, struct str text);

#endif
