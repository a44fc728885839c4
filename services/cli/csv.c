/* SPDX-License-Identifier: EUPL-1.2 */
/* The whole file in memory, then a cell at a time. */
#include "services/cli/csv.h"

#include <stdio.h>
#include <stdlib.h>
#include <strings.h>
#include <zlib.h>

#include "lib/base/buf.h"
#include "lib/base/utf8.h"

enum { FILE_MAX = 1 << 29, CHUNK = 1 << 16 };

struct csv {
    struct arena *arena, *row_arena; /* of the file and its header; of one row */
    struct str rest;
    char separator;
    struct str names[CSV_COLUMNS_MAX];
    int count, row;
    const char *fault;
};

static void refuse(struct csv *csv, const char *reason)
{
    if (!csv->fault)
        csv->fault = csv->row ? arena_print(csv->arena, "row %d: %s", csv->row, reason).at
                              : arena_copy(csv->arena, str_of(reason)).at;
}

static bool is_end(const struct csv *csv)
{
    return csv->rest.len == 0;
}

static bool is_break(char c)
{
    return c == '\n' || c == '\r';
}

static void skip(struct csv *csv, size_t count)
{
    csv->rest = str_from(csv->rest, count);
}

/* Takes CR LF, CR or LF. */
static void skip_break(struct csv *csv)
{
    skip(csv, str_has_prefix(csv->rest, S("\r\n")) ? 2 : 1);
}

/* After the quotation mark that opens the cell. */
static struct str read_quoted(struct csv *csv)
{
    struct buf cell = buf_in(csv->row_arena);
    for (;;) {
        const char *mark = memchr(csv->rest.at, '"', csv->rest.len);
        if (!mark) {
            refuse(csv, "a quotation mark is not closed");
            return (struct str){0};
        }
        size_t length = (size_t)(mark - csv->rest.at);
        buf_add(&cell, (struct str){csv->rest.at, length});
        skip(csv, length + 1);
        if (is_end(csv) || csv->rest.at[0] != '"')
            break;
        buf_add_char(&cell, '"');
        skip(csv, 1);
    }
    if (!is_end(csv) && csv->rest.at[0] != csv->separator && !is_break(csv->rest.at[0]))
        refuse(csv, "text follows a quotation mark that closes");
    return buf_str(&cell);
}

static struct str read_cell(struct csv *csv)
{
    if (!is_end(csv) && csv->rest.at[0] == '"') {
        skip(csv, 1);
        return read_quoted(csv);
    }
    size_t length = 0;
    while (length < csv->rest.len && csv->rest.at[length] != csv->separator
           && !is_break(csv->rest.at[length])) {
        if (csv->rest.at[length] == '"')
            refuse(csv, "a quotation mark stands inside a cell");
        length++;
    }
    struct str cell = {csv->rest.at, length};
    skip(csv, length);
    return cell;
}

/* Returns the number of cells, of which the first CSV_COLUMNS_MAX are in `row`; 0 at the end. */
static int read_row(struct csv *csv, struct str *row)
{
    int count = 0;
    arena_reset(csv->row_arena);
    csv->row++;
    while (!is_end(csv) && is_break(csv->rest.at[0])) {
        skip_break(csv);
        csv->row++;
    }
    if (is_end(csv))
        return 0;
    for (;;) {
        struct str cell = read_cell(csv);
        if (count < CSV_COLUMNS_MAX)
            row[count] = cell;
        count++;
        if (csv->fault || is_end(csv) || is_break(csv->rest.at[0]))
            break;
        skip(csv, 1);
    }
    if (!is_end(csv) && !csv->fault)
        skip_break(csv);
    return count;
}

/* The one that is in the header most often, outside quotation marks. */
static char find_separator(struct str text)
{
    static const char separators[] = {',', ';', '\t'};
    size_t counts[sizeof separators] = {0}, best = 0;
    bool quoted = false;
    for (size_t i = 0; i < text.len && (quoted || !is_break(text.at[i])); i++) {
        quoted = quoted != (text.at[i] == '"');
        for (size_t s = 0; s < sizeof separators; s++)
            counts[s] += !quoted && text.at[i] == separators[s];
    }
    for (size_t s = 1; s < sizeof separators; s++)
        best = counts[s] > counts[best] ? s : best;
    return separators[best];
}

static void check_encoding(struct csv *csv)
{
    struct str text = csv->rest;
    if (str_has_prefix(text, S("\xff\xfe")) || str_has_prefix(text, S("\xfe\xff"))
        || (text.len && memchr(text.at, 0, text.len)))
        refuse(csv, "this is UTF-16 or no text: save it as CSV in UTF-8");
    else if (str_has_prefix(text, S("\xef\xbb\xbf")))
        skip(csv, 3);
    int row = 1;
    for (struct str rest = csv->rest; rest.len && !csv->fault;) {
        size_t length = utf8_length(rest);
        row += is_break(rest.at[0]) && !str_has_prefix(rest, S("\r\n"));
        csv->row = row;
        if (!length)
            refuse(csv, "this is not UTF-8, but perhaps Windows-1252: save it as CSV in UTF-8");
        rest = str_from(rest, length);
    }
    csv->row = 0;
}

static void read_names(struct csv *csv)
{
    if (str_has_prefix(csv->rest, S("sep=")) && csv->rest.len > 5 && is_break(csv->rest.at[5])) {
        skip(csv, 5); /* how Excel notes it */
        skip_break(csv);
        csv->row++;
    }
    csv->separator = find_separator(csv->rest);
    csv->count = read_row(csv, csv->names);
    if (csv->count == 0)
        refuse(csv, "the file is empty");
    for (int i = 0; i < csv->count && i < CSV_COLUMNS_MAX; i++) {
        csv->names[i] = arena_copy(csv->arena, str_trim(csv->names[i]));
        int before;
        for (before = 0; before < i && !csv->fault; before++)
            if (csv->names[i].len && csv->names[before].len == csv->names[i].len
                && strncasecmp(csv->names[before].at, csv->names[i].at, csv->names[i].len) == 0)
                refuse(csv, "two columns have the same name");
    }
}

static struct csv *csv_new(void)
{
    struct csv *csv = calloc(1, sizeof *csv);
    if (!csv)
        abort();
    csv->arena = arena_new();
    csv->row_arena = arena_new();
    return csv;
}

static struct csv *csv_start(struct csv *csv)
{
    check_encoding(csv);
    if (!csv->fault)
        read_names(csv);
    return csv;
}

struct csv *csv_of_bytes(struct str bytes)
{
    struct csv *csv = csv_new();
    csv->rest = bytes;
    return csv_start(csv);
}

/* Everything in the file; a part of it counts as nothing. Returns what is wrong, or NULL. */
static const char *read_file(struct arena *arena, const char *path, struct str *ret)
{
    gzFile file = gzopen(path, "rb");
    struct buf text = buf_in(arena);
    char chunk[CHUNK];
    int count = 0, state = Z_OK;
    if (!file)
        return "it cannot be read";
    while (text.len < FILE_MAX && (count = gzread(file, chunk, sizeof chunk)) > 0)
        buf_add(&text, (struct str){chunk, (size_t)count});
    gzerror(file, &state);
    if (gzclose_r(file) != Z_OK || state != Z_OK || count < 0)
        return "it is cut off or damaged";
    *ret = buf_str(&text);
    return text.len < FILE_MAX ? NULL : "it is too large";
}

struct csv *csv_open(const char *path)
{
    struct csv *csv = csv_new();
    const char *fault = read_file(csv->arena, path, &csv->rest);
    if (!fault)
        return csv_start(csv);
    refuse(csv, fault);
    return csv;
}

void csv_close(struct csv *csv)
{
    arena_free(csv->row_arena);
    arena_free(csv->arena);
    free(csv);
}

const char *csv_fault(const struct csv *csv)
{
    return csv->fault;
}

int csv_row(const struct csv *csv)
{
    return csv->row;
}

bool csv_column(const struct csv *csv, const char *name, int *ret)
{
    struct str wanted = str_of(name);
    for (int i = 0; i < csv->count && i < CSV_COLUMNS_MAX; i++)
        if (csv->names[i].len == wanted.len
            && strncasecmp(csv->names[i].at, wanted.at, wanted.len) == 0) {
            *ret = i;
            return true;
        }
    return false;
}

bool csv_next(struct csv *csv, struct str row[CSV_COLUMNS_MAX])
{
    for (int i = 0; i < CSV_COLUMNS_MAX; i++)
        row[i] = S("");
    int count = csv->fault ? 0 : read_row(csv, row);
    if (count && !csv->fault && count != csv->count)
        refuse(
            csv,
            arena_print(csv->arena, "it has %d cells and the header has %d", count, csv->count).at);
    return count && !csv->fault;
}
