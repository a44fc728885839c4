/* SPDX-License-Identifier: EUPL-1.2 */
/* A place in the input of a request: a parameter, a header, or a value inside the body. Checks
 * carry it along; it becomes text only when there is a fault. */
#ifndef MAATWERK_HTTP_PLACE_H
#define MAATWERK_HTTP_PLACE_H

#include "lib/base/ctx.h"

struct place {
    enum fault_place in;
    const struct place
        *parent;      /* of a value in the body: the object or list that has it, or NULL */
    const char *name; /* of a parameter, header or property; NULL: item `index` of a list */
    size_t index;
};

/* Notes a fault at this place; NULL is the body as a whole. `limit` says what is allowed, and
 * may be absent. Returns ERR_INVALID. */
enum err place_fault(struct ctx *ctx, const struct place *place, enum fault_code code,
                     struct str limit);

#endif
