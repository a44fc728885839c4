/* SPDX-License-Identifier: EUPL-1.2 */
/* LibreOffice makes PDFs of pages: many in one start, in a sandbox, with a profile of its own. */
#ifndef MAATWERK_DOCUMENTS_OFFICE_H
#define MAATWERK_DOCUMENTS_OFFICE_H

#include "lib/base/arena.h"

enum { OFFICE_BATCH = 32 }; /* pages in one start, at most */

struct office;

/* A place to work in, which lasts as long as the process; never NULL. */
struct office *office_new(void);

/* Makes a PDF of each page. `ret` has what came of each: the PDF in the arena, or absent when there is none. A
 * page that stops LibreOffice takes nothing from the others: those are made without it. Returns false when
 * LibreOffice does not start at all. */
bool office_make(struct office *office, struct arena *arena, const struct str *pages, size_t count,
                 struct str *ret);

#endif
