/* SPDX-License-Identifier: EUPL-1.2 */
/* The verbs of `maatwerk queue` as a table. */
#ifndef MAATWERK_CLI_QUEUE_VERBS_H
#define MAATWERK_CLI_QUEUE_VERBS_H

#include "services/cli/queue_redis.h"

enum { OPTIONS_MAX = 6 };

enum flag { FLAG_JSON = 1, FLAG_WATCH = 2, FLAG_END = 4 };

enum shape {
    ROWS, /* a table, which may be empty */
    ONE,  /* one row, as names and values; no row is a failure */
    TEXT, /* one text, printed as it is */
};

struct verb {
    const char *name, *arguments; /* an argument with "?" may be left out */
    int least, most;
    const char
        *options[OPTIONS_MAX]; /* each with a value; they are parameters after the arguments */
    unsigned flags;            /* the flags that it knows, besides --json */
    enum shape shape;
    gatherer *gather; /* makes the last parameter; or NULL */
    const char *sql;
};

extern const struct verb queue_verbs[];
extern const size_t queue_verbs_count;

#endif
