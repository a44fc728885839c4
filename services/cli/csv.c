/* SPDX-License-Identifier: EUPL-1.2 */
/* Reading CSV through zlib, which reads plain files too. */
#include "services/cli/csv.h"

#include <stdio.h>
#include <stdlib.h>
#include <zlib.h>

#include "lib/base/buf.h"

struct csv {
    gzFile file;
    struct arena *names_arena, *row_arena;
    struct str names[CSV_COLUMNS_MAX];
    int count;
};

/* Reads one cell; *end is the character after it: ',', '\n', or EOF. */
static struct str read_cell(struct csv *csv, int *end)
{
    struct buf cell = buf_in(csv->row_arena);
    bool quoted = false;
    for (;;) {
        int c = gzgetc(csv->file);
        if (c == '"' && !quoted) {
            quoted = true;
        } else if (c == '"') {
            c = gzgetc(csv->file);
            if (c == '"') {
                buf_add_char(&cell, '"');
                continue;
            }
            gzungetc(c, csv->file);
            quoted = false;
        } else if (c < 0 || (!quoted && (c == ',' || c == '\n'))) {
            *end = c;
            return buf_str(&cell);
        } else if (c != '\r' || quoted) {
            buf_add_char(&cell, (char)c);
        }
    }
}

static int read_row(struct csv *csv, struct str *row)
{
    int count = 0, end = ',';
    arena_reset(csv->row_arena);
    while (end == ',') {
        struct str cell = read_cell(csv, &end);
        if (count < CSV_COLUMNS_MAX)
            row[count++] = cell;
    }
    return count == 1 && row[0].len == 0 && end < 0 ? 0 : count;
}

struct csv *csv_open(const char *path)
{
    struct csv *csv = calloc(1, sizeof *csv);
    if (!csv)
        abort();
    csv->names_arena = arena_new();
    csv->row_arena = arena_new();
    csv->file = gzopen(path, "rb");
    if (!csv->file) {
        fprintf(stderr, "maatwerk: cannot read %s\n", path);
        csv_close(csv);
        return NULL;
    }
    gzbuffer(csv->file, 1 << 16);
    csv->count = read_row(csv, csv->names);
    for (int i = 0; i < csv->count; i++)
        csv->names[i] = arena_copy(csv->names_arena, csv->names[i]);
    return csv;
}

void csv_close(struct csv *csv)
{
    if (csv->file)
        gzclose(csv->file);
    arena_free(csv->names_arena);
    arena_free(csv->row_arena);
    free(csv);
}

bool csv_column(const struct csv *csv, const char *name, int *ret)
{
    for (int i = 0; i < csv->count; i++)
        if (str_equal(csv->names[i], str_of(name))) {
            *ret = i;
            return true;
        }
    return false;
}

bool csv_next(struct csv *csv, struct str row[CSV_COLUMNS_MAX])
{
    for (int i = 0; i < CSV_COLUMNS_MAX; i++)
        row[i] = S("");
    return read_row(csv, row) > 0;
}
