/* SPDX-License-Identifier: EUPL-1.2 */
/* From JSON, and from structs, to JSON with column names. */
#include "lib/http/schema_columns.h"

#include "lib/base/buf.h"

static void add_columns(struct buf *out, const struct schema *schema, const cJSON *json);

/* A number that is no whole number keeps its fraction, so that the database can refuse it. */
static void add_number(struct buf *out, double value)
{
    if (value > -1e15 && value < 1e15 && value == (double)(int64_t)value)
        buf_add_int(out, (int64_t)value);
    else
        buf_print(out, "%.17g", value);
}

/* JSON of which the contract has no schema: an object of a property without one, and what is in it. The parser has
 * bounded its depth. */
static void add_json(struct buf *out, const cJSON *json)
{
    bool object = cJSON_IsObject(json);
    if (cJSON_IsString(json)) {
        buf_add_json(out, str_of(json->valuestring));
    } else if (cJSON_IsNumber(json)) {
        add_number(out, json->valuedouble);
    } else if (object || cJSON_IsArray(json)) {
        buf_add_char(out, object ? '{' : '[');
        for (const cJSON *item = json->child; item; item = item->next) {
            if (item != json->child)
                buf_add_char(out, ',');
            if (object) {
                buf_add_json(out, str_of(item->string));
                buf_add_char(out, ':');
            }
            add_json(out, item);
        }
        buf_add_char(out, object ? '}' : ']');
    } else if (cJSON_IsNull(json)) {
        buf_add(out, S("null"));
    } else {
        buf_add(out, cJSON_IsTrue(json) ? S("true") : S("false"));
    }
}

struct str schema_json(struct arena *arena, const cJSON *json)
{
    struct buf out = buf_in(arena);
    add_json(&out, json);
    return buf_str(&out);
}

static void add_value(struct buf *out, const struct field *field, const cJSON *json)
{
    if (cJSON_IsArray(json)) {
        buf_add_char(out, '[');
        for (const cJSON *item = json->child; item; item = item->next) {
            if (item != json->child)
                buf_add_char(out, ',');
            add_value(out, field, item);
        }
        buf_add_char(out, ']');
    } else if (cJSON_IsObject(json) && field->schema) {
        add_columns(out, field->schema, json);
    } else {
        add_json(out, json);
    }
}

static void add_columns(struct buf *out, const struct schema *schema, const cJSON *json)
{
    const char *separator = "{";
    for (size_t i = 0; i < schema->count; i++) {
        const cJSON *value = cJSON_GetObjectItemCaseSensitive(json, schema->fields[i].name);
        if (!value)
            continue;
        buf_print(out, "%s\"%s\":", separator, schema->fields[i].column);
        add_value(out, &schema->fields[i], value);
        separator = ",";
    }
    buf_add(out, *separator == '{' ? S("{}") : S("}"));
}

struct str schema_columns(struct arena *arena, const struct schema *schema, const cJSON *json)
{
    struct buf out = buf_in(arena);
    add_columns(&out, schema, json);
    return buf_str(&out);
}

static bool is_there(enum field_type type, const void *value)
{
    switch (type) {
    case FIELD_INT: return ((const struct maybe_int *)value)->is;
    case FIELD_BOOL: return ((const struct maybe_bool *)value)->is;
    case FIELD_LIST: return ((const struct list *)value)->is;
    case FIELD_OBJECT: return *(const void *const *)value != NULL;
    default: return ((const struct str *)value)->at != NULL;
    }
}

static void add_struct(struct buf *out, const struct schema *schema, const char *at);

static void add_list(struct buf *out, const struct field *field, const struct list *list)
{
    buf_add_char(out, '[');
    for (size_t i = 0; i < list->count; i++) {
        if (i)
            buf_add_char(out, ',');
        if (field->item == FIELD_OBJECT)
            add_struct(out, field->schema, (const char *)list->at + i * field->schema->size);
        else if (field->item == FIELD_INT)
            buf_add_int(out, ((const struct maybe_int *)list->at)[i].value);
        else
            buf_add_json(out, ((const struct str *)list->at)[i]);
    }
    buf_add_char(out, ']');
}

static void add_member(struct buf *out, const struct field *field, const void *value)
{
    switch (field->type) {
    case FIELD_INT: buf_add_int(out, ((const struct maybe_int *)value)->value); break;
    case FIELD_BOOL:
        buf_add(out, ((const struct maybe_bool *)value)->value ? S("true") : S("false"));
        break;
    case FIELD_LIST: add_list(out, field, value); break;
    case FIELD_OBJECT: add_struct(out, field->schema, *(const char *const *)value); break;
    case FIELD_JSON: buf_add(out, *(const struct str *)value); break;
    default: buf_add_json(out, *(const struct str *)value);
    }
}

static void add_struct(struct buf *out, const struct schema *schema, const char *at)
{
    const char *separator = "{";
    for (size_t i = 0; i < schema->count; i++) {
        const struct field *field = &schema->fields[i];
        if (!is_there(field->type, at + field->offset))
            continue;
        buf_print(out, "%s\"%s\":", separator, field->column);
        add_member(out, field, at + field->offset);
        separator = ",";
    }
    buf_add(out, *separator == '{' ? S("{}") : S("}"));
}

struct str schema_member_columns(struct arena *arena, const struct field *field, const void *value)
{
    if (!is_there(field->type, value))
        return (struct str){0};
    struct buf out = buf_in(arena);
    add_member(&out, field, value);
    return buf_str(&out);
}
