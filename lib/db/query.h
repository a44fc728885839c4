/* SPDX-License-Identifier: EUPL-1.2 */
/* A named statement, generated from sql/queries/<noun>.sql. All parameters and results travel as
 * text; PostgreSQL infers the types from the statement. */
#ifndef MAATWERK_DB_QUERY_H
#define MAATWERK_DB_QUERY_H

#include "lib/base/ctx.h"
#include "lib/base/maybe.h"

enum query_rows {
    QUERY_NONE, /* a write whose rows nobody reads */
    QUERY_ONE,  /* exactly one row; none is `when_none` */
    QUERY_MANY, /* zero or more */
};

/* A filter or sort that a list allows: the contract's parameter and the SQL it stands for. */
struct query_filter {
    const char *parameter; /* "neededByFrom" */
    const char *predicate; /* "v.needed_by >= %"; % becomes the parameter's number */
};

struct query_sort {
    const char *name; /* "changedAt", as in ?sort=-changedAt */
    const char
        *column; /* "v.changed_at": NOT NULL, in an index behind tenant_id and before the key */
    const char *type;   /* "timestamptz": the cursor's value is cast to it */
    const char *result; /* name of the result column that holds this value, for the cursor */
};

/* Only for lists: the runner composes a variant (predicates, order, limit) and prepares
 * it on demand. */
struct query_list {
    const struct query_filter *filters;
    size_t filters_count;
    const struct query_sort *sorts; /* the first is the default; its default direction is descending
                                       when `newest_first` */
    size_t sorts_count;
    const char *key;        /* "v.id": makes the order total */
    const char *key_result; /* its column in the result: "id" */
    const char *key_type;   /* "uuid" */
    bool newest_first;
};

struct query {
    const char *name; /* "vacancy_get": unique in the project, also the prepared name */
    const char *text; /* with $1…; for a list without its where-tail, order and limit */
    int parameters;
    enum query_rows rows;
    enum err when_none; /* what no row means for QUERY_ONE: ERR_NOT_FOUND, ERR_STALE, OK … */
    bool writes;
    bool gathers; /* each parameter is an array: what is added in a row is one statement (plan.h) */
    const struct query_list *list; /* NULL unless a list */
};

#endif
