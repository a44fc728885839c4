/* SPDX-License-Identifier: EUPL-1.2 */
/* One pass over the template; what was put in is not read again. */
#include "workers/documents/fill.h"

#include "workers/documents/letters.h"

struct filling {
    struct buf out;
    const cJSON *values;
    const cJSON *item; /* {{.}}; NULL outside */
    const char *fault;
};

static const struct str each = S("<!--each "), end = S("<!--end-->"), close_each = S("-->");

/* Splits *rest at the first `mark`: returns what is before it. Without one it returns all, and *rest
 * becomes absent. */
static struct str cut_at(struct str *rest, struct str mark)
{
    struct str whole = *rest;
    const char *at = whole.len ? memmem(whole.at, whole.len, mark.at, mark.len) : NULL;
    if (!at) {
        *rest = (struct str){0};
        return whole;
    }
    size_t before = (size_t)(at - whole.at);
    *rest = str_from(whole, before + mark.len);
    return (struct str){whole.at, before};
}

static const cJSON *value_of(const struct filling *filling, struct str name)
{
    char key[64];
    if (str_equal(name, S(".")))
        return filling->item;
    if (name.len >= sizeof key)
        return NULL;
    snprintf(key, sizeof key, "%.*s", STR_ARG(name));
    return cJSON_GetObjectItemCaseSensitive(filling->values, key);
}

static void add_text(struct filling *filling, struct str text)
{
    struct str entity = {0};
    for (size_t i = 0; i < text.len; i++) {
        switch (text.at[i]) {
        case '&': entity = S("&amp;"); break;
        case '<': entity = S("&lt;"); break;
        case '>': entity = S("&gt;"); break;
        case '"': entity = S("&quot;"); break;
        case '\n': entity = S("<text:line-break/>"); break;
        default: entity = (struct str){&text.at[i], 1};
        }
        buf_add(&filling->out, entity);
    }
}

static void add_string(struct filling *filling, const cJSON *value)
{
    if (!cJSON_IsString(value)) {
        filling->fault = "values";
        return;
    }
    struct str text = str_of(value->valuestring);
    if (!letters_are_ours(text))
        filling->fault = "characters";
    add_text(filling, text);
}

/* A list stands below each other, with an empty line between its items. */
static void add_value(struct filling *filling, struct str name)
{
    const cJSON *value = value_of(filling, name), *item;
    if (!cJSON_IsArray(value)) {
        add_string(filling, value);
        return;
    }
    cJSON_ArrayForEach(item, value)
    {
        if (item != value->child)
            buf_add(&filling->out, S("<text:line-break/><text:line-break/>"));
        add_string(filling, item);
    }
}

static void add_marks(struct filling *filling, struct str part)
{
    while (part.at && !filling->fault) {
        buf_add(&filling->out, cut_at(&part, S("{{")));
        if (part.at)
            add_value(filling, cut_at(&part, S("}}")));
    }
}

static void add_each(struct filling *filling, struct str name, struct str part)
{
    const cJSON *value = value_of(filling, name);
    bool empty = cJSON_IsString(value) && !*value->valuestring;
    if (!value || cJSON_IsNull(value) || empty)
        return;
    if (!cJSON_IsArray(value)) {
        filling->item = value;
        add_marks(filling, part);
    } else {
        cJSON_ArrayForEach(filling->item, value) add_marks(filling, part);
    }
    filling->item = NULL;
}

const char *fill(struct arena *arena, struct str template, const cJSON *values, struct str *ret)
{
    struct filling filling = {.out = buf_in(arena), .values = values};
    while (template.at && !filling.fault) {
        add_marks(&filling, cut_at(&template, each));
        if (!template.at || filling.fault)
            break;
        struct str name = cut_at(&template, close_each);
        add_each(&filling, name, cut_at(&template, end));
    }
    *ret = buf_str(&filling.out);
    return filling.fault;
}
