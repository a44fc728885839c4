/* SPDX-License-Identifier: EUPL-1.2 */
/* JSON text to a cJSON tree that lives in the arena of the request: strictly scanned first. */
#ifndef MAATWERK_JSON_PARSE_H
#define MAATWERK_JSON_PARSE_H

#include <cjson/cJSON.h>

#include "lib/base/ctx.h"

/* Must be called once at the start of a program: cJSON then allocates from the arena of the
 * parse at hand. */
void json_start(void);

/* Parses `text`. Notes a fault at the body and returns ERR_INVALID when it is not strict JSON.
 * The tree ends with the arena; never call cJSON_Delete on it. */
enum err json_parse(struct ctx *ctx, struct str text, cJSON **ret) MUST_CHECK;

#endif
