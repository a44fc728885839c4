/* SPDX-License-Identifier: EUPL-1.2 */
/* Telephone numbers as people write them, kept in one form. */
#ifndef MAATWERK_BASE_PHONE_H
#define MAATWERK_BASE_PHONE_H

#include "lib/base/arena.h"
#include "lib/base/err.h"

/* Gives the number in the form of ITU-T E.164: "+31135550199". A number that begins with one 0 is Dutch; "+" or
 * "00" and the number of a country may come first, and "(0)" after it. Spaces, hyphens, dots, slashes and
 * brackets have no meaning. A Dutch number has nine digits after +31, or is one of 800, 900, 906 and 909 with
 * four or seven more. Returns false, *ret untouched, when it is no number that somebody can call from
 * anywhere. The result has a NUL after it. */
bool phone_read(struct arena *arena, struct str text, struct str *ret) MUST_CHECK;

#endif
