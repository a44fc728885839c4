/* SPDX-License-Identifier: EUPL-1.2 */
/* From rows of the database to the JSON of an answer, through the set of fields that the role
 * may see. */
#ifndef MAATWERK_HTTP_SCHEMA_WRITE_H
#define MAATWERK_HTTP_SCHEMA_WRITE_H

#include <libpq-fe.h>

#include "lib/base/buf.h"
#include "lib/base/ctx.h"
#include "lib/http/schema.h"

/* Reads ?fields=id,name against the fields in `visible`. A name that is not among them is a
 * fault (FAULT_UNKNOWN_FIELD); the result is then ERR_INVALID. Required fields are always
 * chosen, so that every answer fits the schema. An absent `names` gives all fields in `visible`. */
enum err schema_select(struct ctx *ctx, const struct schema *schema, field_set visible,
                       struct str names, field_set *ret) MUST_CHECK;

/* The rows of one result, ready to be written: its columns are looked up once, not per row. */
struct schema_writer {
    const struct schema *schema;
    const PGresult *rows;
    int16_t columns[LIMIT_FIELDS]; /* by field: its column in the result, or SCHEMA_NO_COLUMN */
    int id_column;                 /* for _links.self, or SCHEMA_NO_COLUMN */
};

enum { SCHEMA_NO_COLUMN = -1 };

/* A writer of these fields; `rows` must stay. */
struct schema_writer schema_writer_of(const struct schema *schema, field_set fields,
                                      const PGresult *rows);

/* Writes row `row` as a JSON object: the chosen fields whose column is in the result and not
 * null. Columns of objects hold JSON text; columns of lists hold that, or an array. Adds _links.self
 * when the schema has one. */
void schema_write(struct buf *out, const struct schema_writer *writer, int row);

#endif
