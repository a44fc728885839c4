/* SPDX-License-Identifier: EUPL-1.2 */
/* Documents with column names, for statements that take JSON. */
#include "lib/http/schema.h"

static void add_columns(struct buf *out, const struct schema *schema, const cJSON *json);

static void add_value(struct buf *out, const struct field *field, const cJSON *json)
{
    if (cJSON_IsNull(json)) {
        buf_add(out, S("null"));
    } else if (cJSON_IsString(json)) {
        buf_add_json(out, str_of(json->valuestring));
    } else if (cJSON_IsNumber(json)) {
        buf_add_int(out, (int64_t)json->valuedouble);
    } else if (cJSON_IsArray(json)) {
        buf_add_char(out, '[');
        for (const cJSON *item = json->child; item; item = item->next) {
            if (item != json->child)
                buf_add_char(out, ',');
            add_value(out, field, item);
        }
        buf_add_char(out, ']');
    } else if (cJSON_IsObject(json)) {
        add_columns(out, field->schema, json);
    } else {
        buf_add(out, cJSON_IsTrue(json) ? S("true") : S("false"));
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

static void add_struct(struct buf *out, const struct schema *schema, const char *at)
{
    const char *separator = "{";
    for (size_t i = 0; i < schema->count; i++) {
        const struct field *field = &schema->fields[i];
        const void *value = at + field->offset;
        const struct maybe_int *number = value;
        const struct maybe_bool *yes = value;
        const struct str *text = value;
        bool is = field->type == FIELD_INT    ? number->is
                  : field->type == FIELD_BOOL ? yes->is
                                              : text->at != NULL;
        if (!is)
            continue;
        buf_print(out, "%s\"%s\":", separator, field->column);
        if (field->type == FIELD_INT)
            buf_add_int(out, number->value);
        else if (field->type == FIELD_BOOL)
            buf_add(out, yes->value ? S("true") : S("false"));
        else
            buf_add_json(out, *text);
        separator = ",";
    }
    buf_add(out, *separator == '{' ? S("{}") : S("}"));
}

struct str schema_list_columns(struct arena *arena, const struct field *field,
                               const struct list *list)
{
    if (!list->is)
        return (struct str){0};
    struct buf out = buf_in(arena);
    buf_add_char(&out, '[');
    for (size_t i = 0; i < list->count; i++) {
        if (i)
            buf_add_char(&out, ',');
        if (field->item == FIELD_OBJECT)
            add_struct(&out, field->schema, (const char *)list->at + i * field->schema->size);
        else
            buf_add_json(&out, ((const struct str *)list->at)[i]);
    }
    buf_add_char(&out, ']');
    return buf_str(&out);
}
