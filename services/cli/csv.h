/* SPDX-License-Identifier: EUPL-1.2 */
/* CSV files (RFC 4180), also gzipped, row by row. */
#ifndef MAATWERK_CLI_CSV_H
#define MAATWERK_CLI_CSV_H

#include "lib/base/arena.h"

enum { CSV_COLUMNS_MAX = 32 };

struct csv;

/* Opens `path` and reads its first row as names of columns. NULL with a message when it cannot. */
struct csv *csv_open(const char *path);
void csv_close(struct csv *csv);

/* The column with this name, or -1. */
int csv_column(const struct csv *csv, const char *name);

/* The next row; its texts live until the next call. Returns false at the end. */
bool csv_next(struct csv *csv, struct str row[CSV_COLUMNS_MAX]);

#endif
