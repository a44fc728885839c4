/* SPDX-License-Identifier: EUPL-1.2 */
/* Text that people type or that files bring: one form for what looks the same, and nothing in it that
 * cannot be seen. Requests and imports use the same function. Characters are those of utf8proc. */
#ifndef MAATWERK_BASE_TEXT_H
#define MAATWERK_BASE_TEXT_H

#include "lib/base/arena.h"
#include "lib/base/err.h"

enum text_form {
    TEXT_LINE,  /* one line: a line break inside is refused */
    TEXT_LINES, /* line breaks and tabs stay; CR LF and CR become LF */
};

enum text_fault {
    TEXT_GOOD,
    TEXT_CHARACTERS, /* no UTF-8, or a character that does not show or was lost */
    TEXT_BLANK,      /* there is something, and nothing of it shows */
};

/* Gives the normal form of `text`: Unicode Normalization Form C (UAX 15), white space at the ends removed,
 * every other space a plain one, and in one line a single one. Refuses control, format, private and
 * unassigned characters, line and paragraph separators, what a screen does not show, and the sign that another
 * program left in the place of what it could not read (U+FFFD). The two joiners may
 * stand inside words of scripts that need them (RFC 5892, A.1 and A.2) and in emoji. The result has a NUL
 * after it or is `text` itself; an empty text is good. */
enum text_fault text_normalise(struct arena *arena, struct str text, enum text_form form,
                               struct str *ret) MUST_CHECK;

#endif
