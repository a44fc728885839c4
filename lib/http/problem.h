/* SPDX-License-Identifier: EUPL-1.2 */
/* Problems (RFC 9457). openapi/problems.yaml has their statuses and texts, and says which
 * refusals of the database they stand for. */
#ifndef MAATWERK_HTTP_PROBLEM_H
#define MAATWERK_HTTP_PROBLEM_H

#include "lib/http/operation.h"
#include "lib/http/problem_tables.h"

/* The problem with this code. */
const struct problem *problem_at(enum problem_code code);

/* The code of a problem, also of one with members of its own. */
enum problem_code problem_code_of(const struct problem *problem);

/* The general problem for this error. */
const struct problem *problem_of(enum err err);

/* A refusal of the database, in its own words. */
struct refusal {
    struct str sqlstate, message, detail, constraint,
        table; /* absent when the database does not say it */
};

/* The problem for a refusal of `operation`, called with `scope`. Notes a fault at the property,
 * when the refusal tells which property it is. An unknown refusal is PROBLEM_INTERNAL. */
const struct problem *problem_of_refusal(struct ctx *ctx, const struct refusal *refusal,
                                         const struct operation *operation, enum scope scope);

/* Whether a unique index or an exclusion constraint refused the row, and not a function that looked
 * before it and said "taken". A function finds no row that somebody else writes in the same moment. */
bool problem_is_of_index(const struct refusal *refusal);

/* What a fault says in words. */
struct str problem_sentence(struct arena *arena, const struct fault *fault, enum language language);

/* The body of the answer: the problem with the faults of ctx. */
struct str problem_print(struct ctx *ctx, const struct problem *problem);

#endif
