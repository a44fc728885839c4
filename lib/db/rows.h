/* SPDX-License-Identifier: EUPL-1.2 */
/* Looks up columns of a result by name. */
#ifndef MAATWERK_DB_ROWS_H
#define MAATWERK_DB_ROWS_H

#include <libpq-fe.h>
#include <stdbool.h>
#include <string.h>

/* Looks up the column with exactly this name. `hint`, from 0 to the number of columns, is looked
 * at first: statements name their columns in the order in which callers ask for them. (PQfnumber
 * copies the name and folds its case.) Returns false when there is no such column. */
static inline bool rows_column(const PGresult *rows, const char *name, int hint, int *ret)
{
    int count = PQnfields(rows);
    for (int i = 0; i < count; i++) {
        int column = hint + i < count ? hint + i : hint + i - count;
        if (strcmp(PQfname(rows, column), name) == 0) {
            *ret = column;
            return true;
        }
    }
    return false;
}

#endif
