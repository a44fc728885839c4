/* SPDX-License-Identifier: EUPL-1.2 */
/* Columns of a result by their name. */
#ifndef MAATWERK_DB_ROWS_H
#define MAATWERK_DB_ROWS_H

#include <libpq-fe.h>
#include <string.h>

/* The column with exactly this name, or -1. `hint`, from 0 to the number of columns, is looked at
 * first: statements name their columns in the order in which they are asked for. (PQfnumber copies
 * the name and folds its case.) */
static inline int rows_column(const PGresult *rows, const char *name, int hint)
{
    int count = PQnfields(rows);
    for (int i = 0; i < count; i++) {
        int column = hint + i < count ? hint + i : hint + i - count;
        if (strcmp(PQfname(rows, column), name) == 0)
            return column;
    }
    return -1;
}

#endif
