/* SPDX-License-Identifier: EUPL-1.2 */
/* Checks one value against its field. Bodies and parameters are checked by the same functions. */
#ifndef MAATWERK_HTTP_CHECK_H
#define MAATWERK_HTTP_CHECK_H

#include "lib/http/place.h"
#include "lib/http/schema.h"

/* Checks `*text` as a value of `field`, or of an item of its list: `type` says which of both. A
 * number or boolean of a parameter comes as text too. Returns OK with `*text` in its normal form
 * (lib/base/text.h, lib/base/phone.h), or ERR_INVALID with one fault noted at `place`. */
enum err check_text(struct ctx *ctx, const struct field *field, enum field_type type,
                    struct str *text, const struct place *place) MUST_CHECK;

/* Checks whether the number is in the range of the field, or of an item of its list; otherwise the
 * same. */
enum err check_int(struct ctx *ctx, const struct field *field, int64_t value,
                   const struct place *place) MUST_CHECK;

/* Reads the value of Idempotency-Key: a String of RFC 9651, with or without its quotes. It has
 * KEY_LEAST to LIMIT_KEY visible ASCII characters, and no quote, backslash or comma (a comma
 * joins the values of two headers). Fails like check_text(). */
enum { KEY_LEAST = 8 };
enum err check_key(struct ctx *ctx, struct str value, const struct place *place,
                   struct str *ret) MUST_CHECK;

#endif
