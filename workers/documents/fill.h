/* SPDX-License-Identifier: EUPL-1.2 */
/* A template becomes a page: it is XML (flat ODT) with marks.
 *
 *   {{name}}                          the value of that name, as text; the items of a list below each other
 *   <!--each name--> … <!--end-->     once for each item of a list, which is {{.}} inside; of a text once, and
 *                                     not at all when the value is absent
 *
 * A value is text and nothing else: what looks like markup or like a mark is shown as it is. */
#ifndef MAATWERK_DOCUMENTS_FILL_H
#define MAATWERK_DOCUMENTS_FILL_H

#include <cjson/cJSON.h>

#include "lib/base/buf.h"

/* Returns NULL and the page, or the code of what is wrong: "values" when a value is absent or is no
 * text, "characters" when a text has some that our font lacks, or that turn the direction of text. */
const char *fill(struct arena *arena, struct str template, const cJSON *values, struct str *ret);

#endif
