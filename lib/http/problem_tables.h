/* SPDX-License-Identifier: EUPL-1.2 */
/* The tables of lib/http/gen/problems.c, which are made of openapi/problems.yaml. Only problem.c
 * reads them. */
#ifndef MAATWERK_HTTP_PROBLEM_TABLES_H
#define MAATWERK_HTTP_PROBLEM_TABLES_H

#include "lib/http/problem.h"

enum { ERR_COUNT = ERR_INTERNAL + 1 };

struct fault_text {
    const char *code;
    const char *words[2]; /* by enum language; "{limit}" is the limit of the fault */
};

/* A code of PostgreSQL, or a class of two characters; a code goes before its class. */
struct sqlstate_rule {
    const char *state;
    enum problem_code problem;
};

/* A constraint that a client can violate, and where the client should look. */
struct constraint_rule {
    const char *constraint;
    enum problem_code problem;
    enum fault_code fault;
    const char *pointer, *limit;
};

/* The property that says whose a row of the table is, for a role with this scope. */
struct owner_rule {
    const char *table, *scope, *pointer;
};

extern const struct problem problems[PROBLEM_COUNT];
extern const struct fault_text fault_texts[FAULT_COUNT];
extern const enum problem_code problem_of_err[ERR_COUNT];

/* These end with a row of NULL. */
extern const struct sqlstate_rule sqlstate_rules[];
extern const struct constraint_rule constraint_rules[];
extern const struct owner_rule owner_rules[];

#endif
