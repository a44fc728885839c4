/* SPDX-License-Identifier: EUPL-1.2 */
/* From a JSON tree to a struct of the contract, with every fault noted. */
#include "lib/http/schema_read.h"

#include <math.h>

#include "lib/http/check.h"
#include "lib/http/schema_columns.h"

static struct str type_name(enum field_type type)
{
    switch (type) {
    case FIELD_INT: return S("integer");
    case FIELD_BOOL: return S("boolean");
    case FIELD_OBJECT:
    case FIELD_JSON: return S("object");
    case FIELD_LIST: return S("array");
    default: return S("string");
    }
}

static void read_object(struct ctx *ctx, const struct schema *schema, cJSON *json, bool partial,
                        void *into, const struct place *place);

static bool read_int(const cJSON *json, int64_t *ret)
{
    if (!cJSON_IsNumber(json))
        return false;
    double value = json->valuedouble;
    if (!(fabs(value) <= 9007199254740991.0) || value != floor(value))
        return false;
    *ret = (int64_t)value;
    return true;
}

static void read_number(struct ctx *ctx, const struct field *field, const cJSON *json,
                        struct maybe_int *into, const struct place *place)
{
    int64_t number = 0;
    if (!read_int(json, &number))
        place_fault(ctx, place, FAULT_TYPE, type_name(FIELD_INT));
    else if (check_int(ctx, field, number, place) == OK)
        *into = (struct maybe_int){number, true};
}

/* The normal form of a text also takes its place in the tree, from which statements get their documents. */
static void read_text(struct ctx *ctx, const struct field *field, enum field_type type, cJSON *json,
                      struct str *into, const struct place *place)
{
    struct str text = str_of(cJSON_GetStringValue(json));
    if (!text.at) {
        place_fault(ctx, place, FAULT_TYPE, type_name(type));
    } else if (check_text(ctx, field, type, &text, place) == OK) {
        json->valuestring = (char *)text.at;
        *into = text;
    }
}

/* Notes a fault for each item that is equal to an earlier item. An item that has a fault itself
 * has no text and is left out. */
static void check_unique(struct ctx *ctx, const struct field *field, const struct list *list,
                         const struct place *place)
{
    size_t size = field->item == FIELD_OBJECT ? field->schema->size : sizeof(struct str);
    const char *keys = (const char *)list->at + field->unique_at;
    for (size_t i = 1; i < list->count; i++) {
        const struct str *key = (const void *)(keys + i * size);
        struct place here = {.parent = place, .index = i};
        size_t j = 0;
        while (j < i && !str_equal(*(const struct str *)(const void *)(keys + j * size), *key))
            j++;
        if (j < i && key->at)
            place_fault(ctx, &here, FAULT_REPEATED, (struct str){0});
    }
}

static size_t item_size(const struct field *field)
{
    switch (field->item) {
    case FIELD_OBJECT: return field->schema->size;
    case FIELD_INT: return sizeof(struct maybe_int);
    default: return sizeof(struct str);
    }
}

static void read_list(struct ctx *ctx, const struct field *field, cJSON *json, struct list *into,
                      const struct place *place)
{
    if (!cJSON_IsArray(json)) {
        place_fault(ctx, place, FAULT_TYPE, type_name(FIELD_LIST));
        return;
    }
    size_t count = (size_t)cJSON_GetArraySize(json);
    if ((int64_t)count < field->min || (int64_t)count > field->max) {
        place_fault(ctx, place, FAULT_ITEMS,
                    arena_print(ctx->arena, "%lld..%lld", (long long)field->min,
                                (long long)field->max));
        return;
    }
    size_t size = item_size(field), i = 0;
    *into = (struct list){arena_array(ctx->arena, count ? count : 1, size), count, true};
    for (cJSON *item = json->child; item; item = item->next, i++) {
        struct place here = {.parent = place, .index = i};
        void *at = (char *)into->at + i * size;
        if (field->item == FIELD_OBJECT)
            read_object(ctx, field->schema, item, false, at, &here);
        else if (field->item == FIELD_INT)
            read_number(ctx, field, item, at, &here);
        else
            read_text(ctx, field, field->item, item, at, &here);
    }
    if (field->flags & FIELD_UNIQUE)
        check_unique(ctx, field, into, place);
}

static void read_value(struct ctx *ctx, const struct field *field, cJSON *json, void *into,
                       const struct place *place)
{
    if (field->type == FIELD_INT) {
        read_number(ctx, field, json, into, place);
    } else if (field->type == FIELD_BOOL) {
        if (!cJSON_IsBool(json))
            place_fault(ctx, place, FAULT_TYPE, type_name(FIELD_BOOL));
        *(struct maybe_bool *)into = (struct maybe_bool){cJSON_IsTrue(json), true};
    } else if (field->type == FIELD_LIST) {
        read_list(ctx, field, json, into, place);
    } else if (field->type == FIELD_OBJECT) {
        void *object = arena_alloc(ctx->arena, field->schema->size);
        read_object(ctx, field->schema, json, false, object, place);
        *(void **)into = object;
    } else if (field->type == FIELD_JSON) {
        if (!cJSON_IsObject(json))
            place_fault(ctx, place, FAULT_TYPE, type_name(FIELD_JSON));
        *(struct str *)into = schema_json(ctx->arena, json);
    } else {
        read_text(ctx, field, field->type, json, into, place);
    }
}

/* Whether both values are given and the first is after the second. Dates are ISO texts, which
 * sort as days do. */
static bool is_after(enum field_type type, const void *first, const void *second)
{
    if (type == FIELD_INT) {
        const struct maybe_int *a = first, *b = second;
        return a->is && b->is && a->value > b->value;
    }
    const struct str *a = first, *b = second;
    return a->at && b->at && str_compare(*a, *b) > 0;
}

static void check_orders(struct ctx *ctx, const struct schema *schema, const char *at,
                         const struct place *place)
{
    for (const struct field_order *o = schema->orders; o && o->first != o->second; o++) {
        const struct field *first = &schema->fields[o->first], *second = &schema->fields[o->second];
        struct place here = {.parent = place, .name = first->name};
        if (is_after(first->type, at + first->offset, at + second->offset))
            place_fault(ctx, &here, FAULT_ORDER, str_of(second->name));
    }
}

static void read_object(struct ctx *ctx, const struct schema *schema, cJSON *json, bool partial,
                        void *into, const struct place *place)
{
    if (!cJSON_IsObject(json)) {
        place_fault(ctx, place, FAULT_TYPE, type_name(FIELD_OBJECT));
        return;
    }
    field_set seen = 0;
    for (cJSON *member = json->child; member; member = member->next) {
        struct place here = {.parent = place, .name = member->string};
        const struct field *field = schema_field(schema, str_of(member->string));
        if (!field) {
            place_fault(ctx, &here, FAULT_UNKNOWN_PROPERTY, (struct str){0});
            continue;
        }
        seen |= (field_set)1 << (field - schema->fields);
        if (field->flags & FIELD_READ_ONLY)
            continue;
        if (ctx->actor && field->closed_to & ctx->actor->role)
            place_fault(ctx, &here, FAULT_NOT_WRITABLE, (struct str){0});
        else if (!cJSON_IsNull(member))
            read_value(ctx, field, member, (char *)into + field->offset, &here);
        else if (!(field->flags & FIELD_NULLABLE))
            place_fault(ctx, &here, FAULT_NULL, (struct str){0});
    }
    for (size_t i = 0; i < schema->count && !partial; i++) {
        struct place here = {.parent = place, .name = schema->fields[i].name};
        if ((schema->fields[i].flags & FIELD_REQUIRED) && !(seen >> i & 1))
            place_fault(ctx, &here, FAULT_REQUIRED, (struct str){0});
    }
    check_orders(ctx, schema, into, place);
}

enum err schema_read(struct ctx *ctx, const struct schema *schema, cJSON *json, bool partial,
                     void **ret)
{
    size_t before = ctx->faults.count;
    void *into = arena_alloc(ctx->arena, schema->size ? schema->size : 1);
    read_object(ctx, schema, json, partial, into, NULL);
    if (ctx->faults.count > before)
        return ERR_INVALID;
    *ret = into;
    return OK;
}
