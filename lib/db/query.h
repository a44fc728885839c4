/* SPDX-License-Identifier: EUPL-1.2 */
/* A named statement, generated from sql/queries/<noun>.sql. Parameters and results travel as
 * text; PostgreSQL infers the types of the parameters from the statement. */
#ifndef MAATWERK_DB_QUERY_H
#define MAATWERK_DB_QUERY_H

#include "lib/base/ctx.h"
#include "lib/base/maybe.h"

enum query_rows {
    QUERY_NONE, /* a write without rows, or whose rows are not read */
    QUERY_ONE,  /* one row; when there is none, the result is `when_none` */
    QUERY_MANY, /* zero or more */
};

/* The SQL of one value of a filter. */
struct query_choice {
    const char *value, *predicate;
};

/* A filter of a list: the parameter of the contract, and the SQL that it stands for. */
struct query_filter {
    const char *parameter; /* "neededByFrom" */
    const char *predicate; /* "v.needed_by >= %"; % becomes the number of the parameter. NULL: */
    const struct query_choice *choices; /* each value has SQL of its own, so that each can have an
        index of its own; the first holds when the parameter is absent. Ends with NULL */
};

struct query_sort {
    const char *name; /* "changedAt", as in ?sort=-changedAt */
    const char
        *column;      /* "v.changed_at": NOT NULL, in an index after tenant_id and before the key */
    const char *type; /* "timestamptz": the value of the cursor is cast to this type */
    const char *result; /* name of the result column that holds this value, for the cursor */
};

/* What a list allows. The server composes the variant that a request asks for (predicates,
 * order, limit) and prepares it when it is first used. */
struct query_list {
    const struct query_filter *filters;
    size_t filters_count;
    const struct query_sort *sorts; /* the first is the default; its default direction is descending
                                       when `newest_first` */
    size_t sorts_count;
    const char *key;        /* "v.id": unique, so that the order is total */
    const char *key_result; /* its column in the result: "id" */
    const char *key_type;   /* "uuid" */
    bool newest_first;
    const struct query_sort *changes; /* the order of changes, for who reads after a position; or
                                         NULL */
    const char *living; /* which rows are shown; who reads after a position gets the others too.
                           NULL: all */
    const char
        *reached; /* of a list about persons: it begins at those whom the caller may see, when
                            that is not the whole municipality; NULL: it does not */
    int one; /* the filter that asks for one of these persons: then it begins at that one. -1: none */
};

struct query {
    const char *name; /* "vacancy_get": unique in the project, also the prepared name */
    const char *text; /* with $1…; for a list without its where-tail, order and limit */
    int parameters;
    enum query_rows rows;
    enum err when_none; /* for QUERY_ONE, the meaning of no row: ERR_NOT_FOUND, ERR_STALE, OK … */
    bool writes;
    const char *whose; /* the column with the candidates whom its rows show; or NULL */
    int whose_value;   /* the number of the value that is the candidate; or 0 */
    bool gathers; /* each parameter is an array; several additions become one statement (plan.h) */
    const struct query_list *list; /* NULL when it is not a list */
};

#endif
