/* SPDX-License-Identifier: EUPL-1.2 */
/* The files that make the database, in the order in which they are applied. */
#ifndef MAATWERK_CLI_SQL_FILES_H
#define MAATWERK_CLI_SQL_FILES_H

#include <stdbool.h>

#include "lib/base/arena.h"
#include "lib/base/str.h"

struct sql_file {
    struct str name;     /* "functions/vacancy.sql", followed by a NUL */
    struct str text;     /* followed by a NUL */
    struct str checksum; /* SHA-256 in hexadecimal digits, followed by a NUL */
    struct str applied; /* the checksum with which it was applied; absent when it was not applied */
    bool once;          /* a migration: it is never applied again */
    struct sql_file *next;
};

/* Reads all files of the folder sql; the last one is grants.tsv, as SQL. Returns false, after a
 * message on stderr, when a file cannot be read. The files live in the arena. */
bool sql_files_read(struct arena *arena, struct sql_file **ret_first);

#endif
