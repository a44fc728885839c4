/* SPDX-License-Identifier: EUPL-1.2 */
/* What LibreOffice 7.4 leaves to be done for PDF/A-2b, and what we want to know of a PDF. */
#ifndef MAATWERK_DOCUMENTS_PDF_H
#define MAATWERK_DOCUMENTS_PDF_H

#include "lib/base/arena.h"

/* A PDF whose metadata declare the property that says PDF/UA-1: PDF/A-2 wants each property that is not its own
 * declared (ISO 19005-2, 6.6.2.3.1). The declaration takes the place of spaces that stand in the metadata for
 * such changes, so nothing moves. Absent when the metadata are not as LibreOffice writes them. */
struct str pdf_mend(struct arena *arena, struct str pdf);

/* The number of its pages; 0 when it is not known. */
int pdf_pages(struct str pdf);

#endif
