/* SPDX-License-Identifier: EUPL-1.2 */
/* The tables of problems in lib/http/gen/problems.c, which are generated from
 * openapi/problems.yaml. Only problem.c reads them; other files use struct problem alone. */
#ifndef MAATWERK_HTTP_PROBLEM_TABLES_H
#define MAATWERK_HTTP_PROBLEM_TABLES_H

#include "lib/base/ctx.h"
#include "lib/http/gen/problem_code.h"

enum { ERR_COUNT = ERR_INTERNAL + 1 };

struct problem {
    const char *code; /* "state": the type is urn:maatwerk:problem:state */
    int status;
    int retry_after_s;   /* 0: no Retry-After */
    bool noted;          /* somebody was denied something: it goes into the audit */
    const char *text[2]; /* by enum language: the body as a JSON object without its closing brace */
    struct str members;  /* further JSON members of this occurrence, or absent */
};

struct fault_text {
    const char *code;
    const char *words[2]; /* by enum language; "{limit}" is the limit of the fault */
};

/* A code of PostgreSQL, or a class of codes (two characters). A code comes before its class. */
struct sqlstate_rule {
    const char *state;
    enum problem_code problem;
};

/* A constraint that a client can violate, and the property that the client must change: the pointers
 * in the bodies of several operations, with spaces between them. */
struct constraint_rule {
    const char *constraint;
    enum problem_code problem;
    enum fault_code fault;
    const char *pointers, *limit;
};

/* The property that names the owner of a row of this table, for a role with this scope. */
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
