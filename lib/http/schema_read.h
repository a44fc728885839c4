/* SPDX-License-Identifier: EUPL-1.2 */
/* From the JSON of a request to a struct of the contract. */
#ifndef MAATWERK_HTTP_SCHEMA_READ_H
#define MAATWERK_HTTP_SCHEMA_READ_H

#include <cjson/cJSON.h>

#include "lib/base/ctx.h"
#include "lib/http/schema.h"

/* Reads `json` (an object that json_parse() accepted) into a new struct of `schema` in the
 * arena. Its texts are those of `json`, which get their normal form. Notes a fault for everything
 * that does not fit: type, range, length, pattern, format, enum, order, repetition, and missing,
 * unknown or read-only properties. With `partial` (PATCH, RFC 7396) required properties may be
 * absent. Returns ERR_INVALID when it noted a fault. */
enum err schema_read(struct ctx *ctx, const struct schema *schema, cJSON *json, bool partial,
                     void **ret) MUST_CHECK;

#endif
