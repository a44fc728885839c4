/* SPDX-License-Identifier: EUPL-1.2 */
/* The characters that our pages can show: those of the one font that they use (DejaVu Sans), without what
 * controls text. A name in another script is refused, and never printed as empty boxes. */
#ifndef MAATWERK_DOCUMENTS_LETTERS_H
#define MAATWERK_DOCUMENTS_LETTERS_H

#include <stdint.h>

#include "lib/base/str.h"

struct letter_range {
    uint32_t from, to;
};

/* In order; the last one is {0, 0}. */
extern const struct letter_range letter_ranges[];

/* Whether this is UTF-8 of which each character is a line break or in letter_ranges. */
bool letters_are_ours(struct str text);

#endif
