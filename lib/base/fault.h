/* SPDX-License-Identifier: EUPL-1.2 */
/* What is wrong with the input of one request: every fault, not only the first (up to LIMIT_FAULTS).
 * A fault names the place and a code; openapi/problems.yaml has the codes and their sentences in
 * Dutch and English. A fault never carries the value that was sent. */
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

/* `limit` is what the value was measured against, for the sentence: "1..168",
 * "uuid", "open, closed". */
struct fault {
    enum fault_place place;
    struct str where;
    enum fault_code code;
    struct str limit; /* may be absent */
};

struct faults {
    struct fault *at;
    size_t count; /* also counts those that did not fit: min(count, LIMIT_FAULTS) are stored */
};

/* Notes one fault. `where` and `limit` are copied into the arena. */
void fault_note(struct faults *faults, struct arena *arena, enum fault_place place,
                struct str where, enum fault_code code, struct str limit);

#endif
