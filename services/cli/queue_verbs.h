/* SPDX-License-Identifier: EUPL-1.2 */
/* The verbs of `maatwerk queue` as a table. */
#ifndef MAATWERK_CLI_QUEUE_VERBS_H
#define MAATWERK_CLI_QUEUE_VERBS_H

#include "services/cli/queue_redis.h"

enum { OPTIONS_MAX = 6 };

enum flag { FLAG_JSON = 1, FLAG_WATCH = 2, FLAG_END = 4 };

enum shape {
    ROWS, /* a table, which may be empty */
    ONE,  /* one thing, as name and value; none is a failure */
    TEXT, /* as it is */
};

struct verb {
    const char *name, *arguments; /* "?" behind an argument: may be left out */
    int least, most;
    const char *options[OPTIONS_MAX]; /* with a value each; parameters behind the arguments */
    unsigned flags;                   /* that it knows, beside --json */
    enum shape shape;
    gatherer *gather; /* gives the last parameter */
    const char *sql;
};

extern const struct verb queue_verbs[];
extern const size_t queue_verbs_count;

#endif
