/* SPDX-License-Identifier: EUPL-1.2 */
/* Reads CSV files (RFC 4180) row by row, also when they are gzipped. */
#ifndef MAATWERK_CLI_CSV_H
#define MAATWERK_CLI_CSV_H

#include "lib/base/arena.h"
#include "lib/base/err.h"

enum { CSV_COLUMNS_MAX = 32 };

struct csv;

/* Opens `path` and reads its first row as the names of its columns. Returns NULL, after a
 * message on stderr, when it cannot be read. Free with csv_close(). */
struct csv *csv_open(const char *path);
void csv_close(struct csv *csv);

/* Looks up the column with this name. Returns false when there is none. */
bool csv_column(const struct csv *csv, const char *name, int *ret) MUST_CHECK;

/* Reads the next row; its texts live until the next call. Returns false at the end. */
bool csv_next(struct csv *csv, struct str row[CSV_COLUMNS_MAX]) MUST_CHECK;

#endif
