/* SPDX-License-Identifier: EUPL-1.2 */
/* What a body must be before cJSON sees it: JSON as RFC 8259 and RFC 7493 (I-JSON) say it, and no
 * larger than lib/base/limits.h. cJSON alone takes invalid UTF-8, \u0000, 007, duplicate names and
 * rubbish behind the end. */
#ifndef MAATWERK_JSON_SCAN_H
#define MAATWERK_JSON_SCAN_H

#include "lib/base/arena.h"
#include "lib/base/err.h"
#include "lib/base/gen/fault_code.h"

/* Looks through `text`. Returns OK, or ERR_INVALID with in *code what is wrong (FAULT_JSON_…)
 * and in *at the byte. */
enum err json_scan(struct arena *arena, struct str text, enum fault_code *code,
                   size_t *at) MUST_CHECK;

/* The bytes of the UTF-8 character at `s` (1 to 4), or 0 when it is not one (overlong,
 * surrogate, cut off). */
size_t utf8_length(struct str s);

#endif
