/* SPDX-License-Identifier: EUPL-1.2 */
/* Checks of one value against its field: for bodies, parameters and headers alike. */
#ifndef MAATWERK_HTTP_CHECK_H
#define MAATWERK_HTTP_CHECK_H

#include "lib/http/schema.h"

/* The fault of what is wrong with `text` as a value of `field` (or of the items of a
 * list), or FAULT_NONE. A number or boolean of a parameter is given as text. Sets *limit to what it
 * was measured against. */
enum fault_code check_text(struct arena *arena, const struct field *field, enum field_type type,
                           struct str text, struct str *limit);

enum fault_code check_int(struct arena *arena, const struct field *field, int64_t value,
                          struct str *limit);

/* Code points of valid UTF-8. */
size_t text_length(struct str text);

#endif
