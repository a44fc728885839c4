/* SPDX-License-Identifier: EUPL-1.2 */
/* The preferences of a client: Accept-Language and Accept. A header with several lines is one
 * value, joined by commas (RFC 9110 section 5.3). */
#ifndef MAATWERK_HTTP_PREFERENCE_H
#define MAATWERK_HTTP_PREFERENCE_H

#include "lib/base/ctx.h"

/* The language of the answer, chosen by Accept-Language (RFC 9110 section 12.5.4): the language
 * with the higher weight; of two languages with the same weight, the one that is named first.
 * Only the first subtag of a range is used, so en-GB is English. `*` stands for the languages
 * that are not named. The result is Dutch when nothing fits. */
enum language preference_language(struct str value);

/* Whether Accept (RFC 9110 section 12.5.1) allows `type`, such as "application/json". The most
 * exact range decides; an absent value allows every type. */
bool preference_admits(struct str value, struct str type);

/* Whether Accept gives `type` a higher weight than `other`. An absent value gives both the same. */
bool preference_prefers(struct str value, struct str type, struct str other);

/* Whether Accept gives this type the weight 0, by name or by a range. */
bool preference_refuses(struct str value, struct str type);

/* Whether Accept-Encoding admits an answer without a coding, which is the only one that there is
 * (RFC 9110 section 12.5.3): not when it gives `identity`, or `*` alone, the weight 0. */
bool preference_admits_plain(struct str value);

#endif
