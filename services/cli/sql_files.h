/* SPDX-License-Identifier: EUPL-1.2 */
/* The files that make the database, in the order in which they are applied. */
#ifndef MAATWERK_CLI_SQL_FILES_H
#define MAATWERK_CLI_SQL_FILES_H

#include <stdbool.h>

#include "lib/base/arena.h"
#include "lib/base/str.h"

struct sql_file {
    struct str name;     /* "functions/vacancy.sql", with a NUL behind it */
    struct str text;     /* with a NUL behind it */
    struct str checksum; /* SHA-256 in hexadecimal digits, with a NUL behind it */
    struct str applied;  /* the checksum with which it was applied; absent: it was not */
    bool once;           /* a migration: it is never applied again */
    struct sql_file *next;
};

/* Reads all files of the folder sql; the last is grants.tsv, as SQL. Returns false, with a message on
 * stderr, when one cannot be read. The files live in the arena. */
bool sql_files_read(struct arena *arena, struct sql_file **ret_first);

#endif
