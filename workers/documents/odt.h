/* SPDX-License-Identifier: EUPL-1.2 */
/* A template that a municipality wrote: an OpenDocument text (ODF 1.3, part 2: a zip file).
 * Only its text, its styles and its pictures are taken over; whatever else is in the file
 * stays behind. */
#ifndef MAATWERK_DOCUMENTS_ODT_H
#define MAATWERK_DOCUMENTS_ODT_H

#include "lib/base/buf.h"

enum { ODT_PICTURES = 16 };

struct odt {
    struct str content, styles; /* XML with marks (fill.h) */
    struct str names[ODT_PICTURES], pictures[ODT_PICTURES];
    size_t count;
};

/* Reads a file of any bytes. Returns NULL, or the code of what is wrong: "not_odt"; "macros"
 * when it has some; "objects" when it embeds something else than pictures; "links" when it
 * refers to what is outside of it; "too_large" when it unpacks to more than 4 MB. */
const char *odt_read(struct arena *arena, struct str file, struct odt *ret);

/* The file that LibreOffice reads: with this text and these styles, filled, and a title. */
struct str odt_write(struct arena *arena, const struct odt *odt, struct str content,
                     struct str styles, struct str title);

#endif
