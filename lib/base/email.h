/* SPDX-License-Identifier: EUPL-1.2 */
/* E-mail addresses. */
#ifndef MAATWERK_BASE_EMAIL_H
#define MAATWERK_BASE_EMAIL_H

#include "lib/base/str.h"

/* Whether it is an address of RFC 5321 of the form that is in use: a dot-atom of at most 64 characters
 * (RFC 5322, 3.2.3), an @, and a host of at least two parts (RFC 1123, 2.1); together at most 254. Such
 * an address holds neither white space nor control characters, quotes, brackets or commas. */
bool email_is_address(struct str text);

#endif
