/* SPDX-License-Identifier: EUPL-1.2 */
/* A schema of the contract as a table. The same table reads a request body into a struct, with
 * every check of the contract, and writes rows as JSON. A field that a role may not see is not in
 * its set of fields and cannot be written; there is no other way to write.
 *
 *   request JSON ──json_parse──► cJSON ──schema_read──► struct vacancy_new ──► rules ──► sql_…()
 *   row          ──schema_write (fields that the role may see, ?fields=…)──► response JSON
 */
#ifndef MAATWERK_HTTP_SCHEMA_H
#define MAATWERK_HTTP_SCHEMA_H

#include "lib/base/limits.h"
#include "lib/base/maybe.h"
#include "lib/base/str.h"

enum field_type {
    FIELD_TEXT,    /* struct str; UTF-8 in normal form, limits in code points */
    FIELD_INT,     /* struct maybe_int */
    FIELD_BOOL,    /* struct maybe_bool */
    FIELD_UUID,    /* struct str */
    FIELD_DATE,    /* struct str, yyyy-mm-dd */
    FIELD_INSTANT, /* struct str; read with any offset, written in UTC with milliseconds and Z */
    FIELD_OBJECT,  /* pointer to the struct of `schema`, NULL when absent */
    FIELD_LIST,    /* struct list; `item` says of what */
    FIELD_JSON,    /* struct str; any JSON object, in the form that it was sent in or that the
                    * database gives */
};

enum field_flag {
    FIELD_REQUIRED = 1,
    FIELD_NULLABLE = 2,  /* null is allowed: in a PATCH it clears */
    FIELD_READ_ONLY = 4, /* read over in requests: a client may send back what it read */
    FIELD_MULTILINE = 8, /* text may contain line breaks and tabs */
    FIELD_EMAIL = 16,    /* text is an e-mail address */
    FIELD_PHONE = 64,    /* text is a telephone number; kept as E.164 has it */
    FIELD_BIRTH = 128,   /* date is a day of birth that somebody can have */
    FIELD_UNIQUE = 32,   /* no two items of the list are equal, see `unique_at` */
};

/* One part of a pattern: between min and max characters of `set` (a bitmap of ASCII). Parts follow
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
    int64_t item_min, item_max;         /* of each int of a list; code points of each text of one */
    const char *const *values;          /* of an enum, NULL-terminated; else NULL */
    const struct pattern_part *pattern; /* ends with a part with max == 0; else NULL */
    const struct schema *schema;        /* of an object or a list of objects */
    size_t unique_at;    /* offset, in an item of a unique list, of the text that must be unique */
    uint32_t visible_to; /* bits of roles that may see it; all ones: everybody */
    uint32_t closed_to;  /* bits of roles that may not write it, not even null */
};

/* Two fields of a schema, by number; both are numbers or both are dates. The value of `first`
 * may not be after that of `second`. */
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
    const char *self; /* "/vacancies/", for _links.self when the schema has an id; or NULL */
    const struct field_order *orders; /* ends with two equal numbers; or NULL */
};

/* The field with this name in JSON, or NULL. */
const struct field *schema_field(const struct schema *schema, struct str name);

/* The set of fields that `role` (one bit) may see. Who has no role (0) sees what everybody may see. */
field_set schema_visible(const struct schema *schema, uint32_t role);

#endif
