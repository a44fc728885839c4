/* SPDX-License-Identifier: EUPL-1.2 */
/* Reads tables that people export, row by row: CSV (RFC 4180) with a comma, semicolon or tab between cells, any
 * kind of line end, with or without a byte-order mark, gzipped or not. A file that can be read in two ways is
 * refused: a reader that guesses loses rows. */
#ifndef MAATWERK_CLI_CSV_H
#define MAATWERK_CLI_CSV_H

#include "lib/base/arena.h"
#include "lib/base/err.h"

enum { CSV_COLUMNS_MAX = 32 };

struct csv;

/* Opens `path` and reads its first row as the names of its columns. Never NULL: look at csv_fault(). Free with
 * csv_close(). */
struct csv *csv_open(const char *path);

/* The same with the bytes of a file that lives as long as the csv. */
struct csv *csv_of_bytes(struct str bytes);

void csv_close(struct csv *csv);

/* What is wrong with the file, in words, with the number of the row: "row 3: …"; NULL when nothing is. */
const char *csv_fault(const struct csv *csv);

/* Looks up the column with this name, in any case. Returns false when there is none. */
bool csv_column(const struct csv *csv, const char *name, int *ret) MUST_CHECK;

/* Reads the next row, which has as many cells as the header; empty lines are left out. Its texts live until the
 * next call. Returns false at the end, and at a fault. */
bool csv_next(struct csv *csv, struct str row[CSV_COLUMNS_MAX]) MUST_CHECK;

/* The number of the row that was read last; the header is row 1. */
int csv_row(const struct csv *csv);

#endif
