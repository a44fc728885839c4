/* SPDX-License-Identifier: EUPL-1.2 */
/* Problems (RFC 9457): the only place that knows which status belongs to what, and what it
 * is in words. */
#ifndef MAATWERK_HTTP_PROBLEM_H
#define MAATWERK_HTTP_PROBLEM_H

#include "lib/base/buf.h"
#include "lib/base/ctx.h"

struct problem {
    const char *code; /* "state": type is urn:maatwerk:problem:state */
    int status;
    const char *title[2]; /* by enum language */
    int retry_after_s;    /* 0: no Retry-After */
};

/* Never NULL: an unknown code is "internal". */
const struct problem *problem_named(const char *code);

/* The general problem of an error. */
const struct problem *problem_of(enum err err);

/* What the database refused, as a problem: `sqlstate` its message, or the name of the constraint.
 * Notes a fault for the property where the constraint tells which it is. */
const struct problem *problem_of_sql(struct ctx *ctx, struct str sqlstate, struct str message,
                                     struct str constraint);

/* The body of a problem, with the faults of ctx. */
struct str problem_print(struct ctx *ctx, const struct problem *problem);

#endif
