/* SPDX-License-Identifier: EUPL-1.2 */
/* The statements of one request, in order: they run as one transaction in one round trip.
 *
 *   handler ──► plan ──► runner:  context │ [idempotency key] │ statements … │ [outcome] │ sync
 *                                 └──────────── one implicit transaction ───────────────┘
 *
 * A handler adds statements through the generated functions sql_<query>(); the rows of the last
 * added statement with rows answer the request, unless plan_answer_with() names another. */
#ifndef MAATWERK_DB_PLAN_H
#define MAATWERK_DB_PLAN_H

#include <libpq-fe.h>

#include "lib/db/query.h"

struct statement {
    const struct query *query;
    struct str *values; /* query->parameters of them; absent = null */
    struct buf *arrays; /* of a query that gathers: where they grow */
    struct statement *next;
    PGresult *result; /* when it has run; ends with the arena */
};

struct plan {
    struct ctx *ctx;
    struct statement *first, *last;
    size_t count;
    const struct statement *answer; /* whose rows answer; NULL: the last one that has rows */
};

/* Adds a statement; `values` has query->parameters entries and is copied (the texts are not).
 *
 * A query that gathers gets an array for each parameter, and `values` is one element of each:
 * added behind itself it only makes them longer, so that many rows are one statement. It says
 * what it does for all of them: insert into t select * from unnest($1::bigint[], $2::text[]). No
 * value of it is an array itself, and no two rows meet in the same row of a table: an update
 * would see one of them only. */
struct statement *plan_add(struct plan *plan, const struct query *query, const struct str *values);

/* Moves the statements of `more` behind those of `plan`, where the first of them may gather. */
void plan_join(struct plan *plan, const struct plan *more);

/* How a number and a yes or no travel: as text; absent is null. */
struct str plan_int(struct plan *plan, struct maybe_int value);
/* "{1,2,3}": an array of numbers. */
struct str plan_ids(struct plan *plan, const int64_t *ids, size_t count);
struct str plan_bool(struct maybe_bool value);

/* The statement whose rows answer the request. */
const struct statement *plan_answer(const struct plan *plan);

#endif
