/* SPDX-License-Identifier: EUPL-1.2 */
/* The statements of one request, in order. They run as one transaction in one round trip.
 *
 *   handler ──► plan ──► runner:  context │ [idempotency key] │ statements … │ [outcome] │ sync
 *                                 └──────────── one implicit transaction ───────────────┘
 *
 * A handler adds statements with the generated functions sql_<query>(). The last statement that has
 * rows answers the request. */
#ifndef MAATWERK_DB_PLAN_H
#define MAATWERK_DB_PLAN_H

#include <libpq-fe.h>

#include "lib/db/query.h"

struct statement {
    const struct query *query;
    struct str *values; /* query->parameters of them; absent = null */
    struct buf *arrays; /* of a query that gathers: its growing arrays */
    struct statement *next;
    PGresult *result; /* set when it has run; lives as long as the arena */
};

struct plan {
    struct ctx *ctx;
    struct statement *first, *last;
    size_t count;
};

/* Adds a statement. `values` has query->parameters entries; they are copied, but the texts are not.
 *
 * A query that gathers has an array for each parameter, and `values` has one element for each of
 * them. When the last statement of the plan is of the same query, its arrays only get longer: many
 * rows are one statement, such as insert into t select * from unnest($1::bigint[], $2::text[]). No
 * value may be an array itself. No two rows may touch the same row of a table: an update would see
 * only one of them. */
struct statement *plan_add(struct plan *plan, const struct query *query, const struct str *values);

/* Adds a statement that inserts `count` rows, at least one. The query has one row, as `(values (…)) v`;
 * `values` has query->parameters for each row. Each number of rows is a statement of its own, which a
 * connection prepares once: use few numbers, and at most LIMIT_VALUES values. */
struct statement *plan_add_rows(struct plan *plan, const struct query *query,
                                const struct str *values, size_t count);

/* Moves the statements of `more` to the end of `plan`. The first of them may gather with the
 * last statement of `plan`. */
void plan_join(struct plan *plan, const struct plan *more);

/* A number as the text that travels to the database; absent (null) when the value is absent. */
struct str plan_int(struct plan *plan, struct maybe_int value);
/* An array of numbers: "{1,2,3}". */
struct str plan_ids(struct plan *plan, const int64_t *ids, size_t count);
struct str plan_bool(struct maybe_bool value);

/* The statement whose rows answer the request, or NULL. */
const struct statement *plan_answer(const struct plan *plan);

#endif
