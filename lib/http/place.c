/* SPDX-License-Identifier: EUPL-1.2 */
/* From a place to a name or a JSON pointer (RFC 6901). */
#include "lib/http/place.h"

#include "lib/base/buf.h"

static void add_name(struct buf *out, const char *name)
{
    for (; *name; name++)
        if (*name == '~')
            buf_add(out, S("~0"));
        else if (*name == '/')
            buf_add(out, S("~1"));
        else
            buf_add_char(out, *name);
}

static void add_pointer(struct buf *out, const struct place *place)
{
    if (!place)
        return;
    add_pointer(out, place->parent);
    buf_add_char(out, '/');
    if (place->name)
        add_name(out, place->name);
    else
        buf_add_int(out, (int64_t)place->index);
}

enum err place_fault(struct ctx *ctx, const struct place *place, enum fault_code code,
                     struct str limit)
{
    enum fault_place in = place ? place->in : FAULT_AT_BODY;
    struct buf pointer = buf_in(ctx->arena);
    if (in == FAULT_AT_BODY)
        add_pointer(&pointer, place);
    fault_note(&ctx->faults, ctx->arena, in,
               in == FAULT_AT_BODY ? buf_str(&pointer) : str_of(place->name), code, limit);
    return ERR_INVALID;
}
