/* SPDX-License-Identifier: EUPL-1.2 */
/* One object per row. */
#include "lib/http/schema_write.h"

#include "lib/db/rows.h"

static field_set required(const struct schema *schema)
{
    field_set mask = 0;
    for (size_t i = 0; i < schema->count; i++)
        if (schema->fields[i].flags & FIELD_REQUIRED)
            mask |= (field_set)1 << i;
    return mask;
}

enum err schema_select(struct ctx *ctx, const struct schema *schema, field_set visible,
                       struct str names, field_set *ret)
{
    field_set wanted = visible & required(schema);
    size_t before = ctx->faults.count;
    if (!names.at) {
        *ret = visible;
        return OK;
    }
    while (names.at) {
        struct str name = str_cut(&names, ',');
        const struct field *field = schema_field(schema, name);
        field_set one = field ? (field_set)1 << (field - schema->fields) : 0;
        if (visible & one)
            wanted |= one;
        else
            fault_note(&ctx->faults, ctx->arena, FAULT_AT_PARAMETER, S("fields"),
                       FAULT_UNKNOWN_FIELD, str_clip(name, FAULT_WHERE_MAX));
    }
    if (ctx->faults.count > before)
        return ERR_INVALID;
    *ret = wanted;
    return OK;
}

/* The field with this column, or the count of fields. `hint` is looked at first: statements name
 * their columns in the order of the contract. */
static size_t field_of(const struct schema *schema, const char *column, size_t hint)
{
    for (size_t i = 0; i < schema->count; i++) {
        size_t field = hint + i < schema->count ? hint + i : hint + i - schema->count;
        const char *name = schema->fields[field].column;
        if (*name == *column && strcmp(name, column) == 0)
            return field;
    }
    return schema->count;
}

/* Goes through the columns, not the fields: nearly each column has a field, and a search for a
 * name that is not there costs most. */
struct schema_writer schema_writer_of(const struct schema *schema, field_set fields,
                                      const PGresult *rows)
{
    struct schema_writer writer = {.schema = schema, .rows = rows};
    if (!schema->self || !rows_column(rows, "id", 0, &writer.id_column))
        writer.id_column = SCHEMA_NO_COLUMN;
    for (size_t i = 0; i < schema->count; i++)
        writer.columns[i] = SCHEMA_NO_COLUMN;
    size_t next = 0;
    for (int column = 0; column < PQnfields(rows); column++) {
        size_t field = field_of(schema, PQfname(rows, column), next);
        if (field == schema->count)
            continue;
        next = field + 1;
        if (fields >> field & 1)
            writer.columns[field] = (int16_t)column;
    }
    return writer;
}

/* Adds "2026-11-23 21:34:33.123456+00" (sessions use UTC and ISO dates) as
 * "2026-11-23T21:34:33.123Z". */
static void add_instant(struct buf *out, struct str text)
{
    char out_text[26] = "\"yyyy-mm-ddThh:mm:ss.000Z\"";
    if (text.len < 19)
        return;
    memcpy(out_text + 1, text.at, 19);
    out_text[11] = 'T';
    for (size_t i = 20; i < 23 && i < text.len && text.at[i] >= '0' && text.at[i] <= '9'; i++)
        out_text[i + 1] = text.at[i];
    buf_add(out, (struct str){out_text, sizeof out_text});
}

/* Adds an array of PostgreSQL, {day,"two words"}, as JSON. */
static void add_array(struct buf *out, enum field_type item, struct str text)
{
    char *word = arena_alloc(out->arena, text.len);
    buf_add_char(out, '[');
    for (size_t at = 1; at + 1 < text.len; at++) {
        bool quoted = text.at[at] == '"';
        size_t len = 0;
        for (at += quoted; at + 1 < text.len && text.at[at] != (quoted ? '"' : ','); at++) {
            at += text.at[at] == '\\';
            word[len++] = text.at[at];
        }
        at += quoted;
        if (item == FIELD_INT)
            buf_add(out, (struct str){word, len});
        else
            buf_add_json(out, (struct str){word, len});
        if (at + 1 < text.len)
            buf_add_char(out, ',');
    }
    buf_add_char(out, ']');
}

static void add_value(struct buf *out, const struct field *field, struct str text)
{
    switch (field->type) {
    case FIELD_LIST:
        if (text.at[0] == '{')
            add_array(out, field->item, text);
        else
            buf_add(out, text);
        break;
    case FIELD_INT:
    case FIELD_OBJECT:
    case FIELD_JSON: buf_add(out, text); break;
    case FIELD_BOOL: buf_add(out, text.at[0] == 't' ? S("true") : S("false")); break;
    case FIELD_INSTANT: add_instant(out, text); break;
    case FIELD_UUID:
    case FIELD_DATE:
        buf_add_char(out, '"');
        buf_add(out, text);
        buf_add_char(out, '"');
        break;
    default: buf_add_json(out, text);
    }
}

void schema_write(struct buf *out, const struct schema_writer *writer, int row)
{
    char separator = '{';
    for (size_t i = 0; i < writer->schema->count; i++) {
        int column = writer->columns[i];
        size_t length =
            column == SCHEMA_NO_COLUMN ? 0 : (size_t)PQgetlength(writer->rows, row, column);
        if (column == SCHEMA_NO_COLUMN || (!length && PQgetisnull(writer->rows, row, column)))
            continue;
        buf_add_char(out, separator);
        buf_add(out, writer->schema->fields[i].key);
        add_value(out, &writer->schema->fields[i],
                  (struct str){PQgetvalue(writer->rows, row, column), length});
        separator = ',';
    }
    if (writer->id_column != SCHEMA_NO_COLUMN) {
        buf_add_char(out, separator);
        buf_add(out, S("\"_links\":{\"self\":{\"href\":\"/v1"));
        buf_add(out, str_of(writer->schema->self));
        buf_add(out, str_of(PQgetvalue(writer->rows, row, writer->id_column)));
        buf_add(out, S("\"}}"));
        separator = ',';
    }
    buf_add(out, separator == '{' ? S("{}") : S("}"));
}
