/* SPDX-License-Identifier: EUPL-1.2 */
/* Looking up fields. */
#include "lib/http/schema.h"

const struct field *schema_field(const struct schema *schema, struct str name)
{
    for (size_t i = 0; i < schema->count; i++)
        if (str_equal(str_of(schema->fields[i].name), name))
            return &schema->fields[i];
    return NULL;
}

field_set schema_visible(const struct schema *schema, uint32_t role)
{
    field_set visible = 0;
    for (size_t i = 0; i < schema->count; i++)
        if (schema->fields[i].visible_to & role || schema->fields[i].visible_to == UINT32_MAX)
            visible |= (field_set)1 << i;
    return visible;
}
