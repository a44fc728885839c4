/* SPDX-License-Identifier: EUPL-1.2 */
/* One file of reference data into a temporary table. Every file that is imported goes this way: its rows are
 * checked as the fields of a body are, and either all of it is there or one line says which row is wrong. */
#ifndef MAATWERK_CLI_LOAD_H
#define MAATWERK_CLI_LOAD_H

#include <libpq-fe.h>

#include "lib/base/str.h"
#include "lib/http/schema.h"

enum { LOAD_COLUMNS_MAX = 9 };

/* A column of the file. Without FIELD_REQUIRED the column may be missing and its cells may be empty. */
struct load_column {
    struct field field; /* its name in the file, and what a cell may have */
    bool as_id;         /* the table gets the id that is made of the URI in the cell */
    bool lines;         /* a text on each line; lines that do not fit the field are left out */
};

struct load {
    const char *table;   /* a name that the file's table gets */
    const char *columns; /* of the table, in the order of `from`; "row" follows them */
    const char *key;     /* a column of which no value is there twice, or NULL */
    struct load_column from[LOAD_COLUMNS_MAX]; /* ends with a column without a name */
};

/* Copies the rows of the file at `path` into `load->table`, which has also a column row int. Returns false, after one
 * line on stderr, when the file cannot be read, has no rows, or has a row that does not fit. */
bool load_file(PGconn *pg, const char *path, const struct load *load);

#endif
