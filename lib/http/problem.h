/* SPDX-License-Identifier: EUPL-1.2 */
/* Problems (RFC 9457): the only place that knows which status belongs to what, and what it is in
 * words. The words, and what the database refuses, are in openapi/problems.yaml. */
#ifndef MAATWERK_HTTP_PROBLEM_H
#define MAATWERK_HTTP_PROBLEM_H

#include "lib/http/operation.h"
#include "lib/http/problem_tables.h"

const struct problem *problem_at(enum problem_code code);

/* The general problem of an error. */
const struct problem *problem_of(enum err err);

/* What the database refused, in its own words. */
struct refusal {
    struct str sqlstate, message, detail, constraint, table; /* absent when it did not say */
};

/* The problem of a refusal of `operation`, called with `scope`. Notes a fault for the property where
 * the refusal tells which it is. A refusal that nobody knows is PROBLEM_INTERNAL. */
const struct problem *problem_of_refusal(struct ctx *ctx, const struct refusal *refusal,
                                         const struct operation *operation, enum scope scope);

/* The body of a problem, with the faults of ctx. */
struct str problem_print(struct ctx *ctx, const struct problem *problem);

#endif
