/* SPDX-License-Identifier: EUPL-1.2 */
/* What a client prefers: Accept-Language and Accept. A header that came in several lines is one value,
 * joined by commas (RFC 9110 section 5.3). */
#ifndef MAATWERK_HTTP_PREFERENCE_H
#define MAATWERK_HTTP_PREFERENCE_H

#include "lib/base/ctx.h"

/* The language of Accept-Language that we answer in (RFC 9110 section 12.5.4): the one with the higher
 * weight, and of two with the same weight the one that is named first. A range counts for its first
 * subtag, so en-GB is English; `*` counts for what is not named. Dutch when nothing fits. */
enum language preference_language(struct str value);

/* Whether Accept (RFC 9110 section 12.5.1) admits `type`, such as "application/json". The most
 * exact range decides; an absent value admits everything. */
bool preference_admits(struct str value, struct str type);

#endif
