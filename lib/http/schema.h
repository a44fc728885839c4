/* SPDX-License-Identifier: EUPL-1.2 */
/* A schema of the contract as a table: the same table reads a request body into a struct, with
 * every check the contract states, and writes rows as JSON. What a role may not see is not in its
 * mask and cannot be written; there is no other way to write.
 *
 *   request JSON ──scan──► cJSON ──schema_read──► struct vacancy_new ──► rules ──► sql_…()
 *   row          ──row_write (mask of the role, fields=…)──► response JSON
 */
#ifndef MAATWERK_HTTP_SCHEMA_H
#define MAATWERK_HTTP_SCHEMA_H

#include <cjson/cJSON.h>
#include <libpq-fe.h>

#include "lib/base/buf.h"
#include "lib/base/ctx.h"
#include "lib/base/limits.h"
#include "lib/base/maybe.h"

enum field_type {
    FIELD_TEXT,    /* struct str; UTF-8, limits in code points */
    FIELD_INT,     /* struct maybe_int */
    FIELD_BOOL,    /* struct maybe_bool */
    FIELD_UUID,    /* struct str */
    FIELD_DATE,    /* struct str, yyyy-mm-dd */
    FIELD_INSTANT, /* struct str; read with any offset, written in UTC with milliseconds and Z */
    FIELD_OBJECT,  /* pointer to the struct of `schema`, NULL when absent */
    FIELD_LIST,    /* struct list; `item` says of what */
    FIELD_JSON,    /* any JSON object, only in responses: written as it comes from the database */
};

enum field_flag {
    FIELD_REQUIRED = 1,
    FIELD_NULLABLE = 2,  /* null is allowed: in a PATCH it clears */
    FIELD_READ_ONLY = 4, /* refused in requests */
    FIELD_MULTILINE = 8, /* text may contain line breaks and tabs */
    FIELD_EMAIL = 16,    /* text is an e-mail address */
    FIELD_UNIQUE = 32,   /* no two items of the list are equal, see `unique_at` */
};

/* One part of a pattern: between min and max characters out of `set` (ASCII bitmap). Parts follow
 * each other without backtracking: the generator refuses a pattern whose neighbours overlap. */
struct pattern_part {
    uint64_t set[2];
    uint16_t min, max;
};

struct field {
    const char *name;   /* in JSON: "hoursMin" */
    struct str key;     /* as an answer has it, with quotes and colon */
    const char *column; /* in SQL: "hours_min" */
    enum field_type type, item;
    unsigned flags;
    size_t offset;                      /* in the struct of the schema */
    int64_t min, max;                   /* of an int; code points of a text; items of a list */
    int64_t item_max;                   /* code points of each text of a list */
    const char *const *values;          /* of an enum, NULL-terminated; else NULL */
    const struct pattern_part *pattern; /* ends with a part with max == 0; else NULL */
    const struct schema *schema;        /* of an object or a list of objects */
    size_t unique_at;    /* where in an item of a unique list the text is that tells items apart */
    uint32_t visible_to; /* bits of roles that may see it; all ones: everybody */
};

/* Two fields of a schema by number, both numbers or both dates: `first` is not after `second`. */
struct field_order {
    uint8_t first, second;
};

/* A set of fields of one schema: bit i is schema->fields[i]. */
typedef unsigned __int128 field_set;
_Static_assert(LIMIT_FIELDS <= 8 * sizeof(field_set), "a bit for every field");
_Static_assert(LIMIT_FIELDS <= LIMIT_JSON_MEMBERS, "every field fits in a body");

struct schema {
    const char *name; /* "Vacancy" */
    const struct field *fields;
    size_t count;     /* at most LIMIT_FIELDS */
    size_t size;      /* of the struct */
    const char *self; /* "/vacancies/" for _links.self of something with an id; or NULL */
    const struct field_order *orders; /* ends with two equal numbers; or NULL */
};

/* Reads `json` (an object, already scanned by json_scan) into a new struct of `schema` in the
 * arena. Notes a fault for everything that does not fit: type, range, length, pattern, format,
 * enum, order, repetition, missing, unknown or read-only property. `partial` (PATCH, RFC 7396): required properties
 * may be absent. Returns ERR_INVALID when it noted a fault. */
enum err schema_read(struct ctx *ctx, const struct schema *schema, const cJSON *json, bool partial,
                     void **ret) MUST_CHECK;

/* The same JSON with column names for property names, for statements that take a document
 * (jsonb_populate_record, jsonb_to_recordset). Only properties of the schema are kept. */
struct str schema_columns(struct arena *arena, const struct schema *schema, const cJSON *json);

/* A member of a struct (a list or an object) as JSON text with column names, or absent: how the
 * generated sql_ functions bind it. `value` points to the member. */
struct str schema_member_columns(struct arena *arena, const struct field *field, const void *value);

/* The set of fields that `role` may see. */
field_set schema_visible(const struct schema *schema, uint32_t role);

/* Reads ?fields=id,name against the fields in `visible`, a mask. A name that is not there is a
 * fault ("unknown-field") and ERR_INVALID. Required fields are always chosen, so that every answer
 * fits the schema. An absent `names` gives all that is visible. */
enum err schema_select(struct ctx *ctx, const struct schema *schema, field_set visible,
                       struct str names, field_set *ret) MUST_CHECK;

/* The rows of one result, ready to be written: the columns of the result are looked up once. */
struct row_writer {
    const struct schema *schema;
    field_set mask;
    const PGresult *rows;
    int16_t columns[LIMIT_FIELDS]; /* by field: column of the result, or -1 */
    int id_column;
};

struct row_writer row_writer_for(const struct schema *schema, field_set mask, const PGresult *rows);

/* Writes row `row` as a JSON object: the fields in the mask whose column is in the result and not
 * null. Columns of objects and lists hold JSON text. Adds _links.self when the schema has one. */
void row_write(struct buf *out, const struct row_writer *writer, int row);

#endif
