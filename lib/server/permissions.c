/* SPDX-License-Identifier: EUPL-1.2 */
/* From the generated table of rights. */
#include "lib/server/permissions.h"

#include "lib/base/buf.h"
#include "openapi/gen/role.h"

struct str permissions_print(struct arena *arena, const struct actor *actor)
{
    struct buf out = buf_in(arena);
    buf_add_char(&out, '[');
    for (const struct permission *one = permissions; one->operation; one++)
        if ((one->roles & actor->role) && !(one->attributes & ~actor->attributes))
            buf_print(&out, "%s\"%s\"", out.len > 1 ? "," : "", one->operation);
    buf_add_char(&out, ']');
    return buf_str(&out);
}
