/* SPDX-License-Identifier: EUPL-1.2 */
/* Documents for statements that take JSON: property names become column names. */
#ifndef MAATWERK_HTTP_SCHEMA_COLUMNS_H
#define MAATWERK_HTTP_SCHEMA_COLUMNS_H

#include <cjson/cJSON.h>

#include "lib/base/arena.h"
#include "lib/http/schema.h"

/* The same JSON with column names, for jsonb_populate_record and jsonb_to_recordset. Only
 * properties of the schema are kept. */
struct str schema_columns(struct arena *arena, const struct schema *schema, const cJSON *json);

/* The same JSON as text, with the names that it has. */
struct str schema_json(struct arena *arena, const cJSON *json);

/* A member of a struct (a list or an object) as JSON text with column names; absent when the
 * member is. `value` points to the member. The generated sql_…() functions bind members with it. */
struct str schema_member_columns(struct arena *arena, const struct field *field, const void *value);

#endif
