/* SPDX-License-Identifier: EUPL-1.2 */
/* The faults in the input of one request: all of them, not only the first (up to LIMIT_FAULTS).
 * A fault has a place and a code. openapi/problems.yaml has the codes, with their sentences in
 * Dutch and English. A fault never contains the value that was sent. */
#ifndef MAATWERK_BASE_FAULT_H
#define MAATWERK_BASE_FAULT_H

#include "lib/base/arena.h"
#include "lib/base/gen/fault_code.h"
#include "lib/base/limits.h"

enum { FAULT_WHERE_MAX = 200 };

enum fault_place {
    FAULT_AT_BODY,      /* where = JSON pointer (RFC 6901) such as "/hoursMin" */
    FAULT_AT_PARAMETER, /* where = name of a query or path parameter */
    FAULT_AT_HEADER,    /* where = name of a header */
};

/* One fault. `limit` completes the sentence of the code: it says what is allowed, such as
 * "1..168", "uuid" or "open, closed". */
struct fault {
    enum fault_place place;
    struct str where;
    enum fault_code code;
    struct str limit; /* may be absent */
};

struct faults {
    struct fault *at;
    size_t count; /* counts all faults; only the first LIMIT_FAULTS are stored */
};

/* Adds one fault. Copies `where` and `limit` into the arena. */
void fault_note(struct faults *faults, struct arena *arena, enum fault_place place,
                struct str where, enum fault_code code, struct str limit);

#endif
