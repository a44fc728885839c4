/* SPDX-License-Identifier: EUPL-1.2 */
/* What a body must be before cJSON reads it: JSON as RFC 8259 and RFC 7493 (I-JSON) define it,
 * and no larger than lib/base/limits.h allows. cJSON alone accepts invalid UTF-8, \u0000, 007,
 * duplicate names and any bytes after the end. */
#ifndef MAATWERK_JSON_SCAN_H
#define MAATWERK_JSON_SCAN_H

#include "lib/base/ctx.h"

/* Checks `text`. Returns OK, or ERR_INVALID with one fault noted at the body (FAULT_JSON_…); the limit
 * of the fault names the byte. */
enum err json_scan(struct ctx *ctx, struct str text) MUST_CHECK;

#endif
