/* SPDX-License-Identifier: EUPL-1.2 */
/* Marks as word processors leave them: what somebody typed as {{name}} may be cut into pieces by
 * tags, or have spaces inside. */
#ifndef MAATWERK_DOCUMENTS_MARKS_H
#define MAATWERK_DOCUMENTS_MARKS_H

#include "lib/base/buf.h"

/* The same XML with each mark in one piece, before the tags that cut it. */
struct str marks_join(struct arena *arena, struct str xml);

/* Whether it has this mark, in one piece. */
bool marks_has(struct arena *arena, struct str xml, struct str name);

#endif
