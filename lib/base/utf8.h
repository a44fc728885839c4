/* SPDX-License-Identifier: EUPL-1.2 */
/* UTF-8 (RFC 3629). */
#ifndef MAATWERK_BASE_UTF8_H
#define MAATWERK_BASE_UTF8_H

#include "lib/base/str.h"

/* The number of bytes of the character at the start of `s`, 1 to 4; 0 when there is no valid
 * character: it is overlong, a surrogate, cut off, or `s` is empty. */
size_t utf8_length(struct str s);

/* Whether all of `s` is valid. */
bool utf8_is_valid(struct str s);

/* The number of code points of a valid text. */
size_t utf8_count(struct str s);

#endif
