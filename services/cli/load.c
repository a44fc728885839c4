/* SPDX-License-Identifier: EUPL-1.2 */
/* From CSV to COPY, checked on the way. */
#include "services/cli/load.h"

#include <openssl/evp.h>
#include <stdio.h>

#include "lib/base/buf.h"
#include "lib/base/text.h"
#include "lib/base/utf8.h"
#include "lib/base/uuid.h"
#include "lib/http/check.h"
#include "lib/http/problem.h"
#include "services/cli/csv.h"
#include "services/cli/database.h"

/* The UUIDv5 (RFC 9562 section 5.5) of a URI: the same at every import. */
static struct str id_of_uri(struct arena *arena, struct str uri)
{
    static const unsigned char url_space[16] = {0x6b, 0xa7, 0xb8, 0x11, 0x9d, 0xad, 0x11, 0xd1,
                                                0x80, 0xb4, 0x00, 0xc0, 0x4f, 0xd4, 0x30, 0xc8};
    unsigned char digest[EVP_MAX_MD_SIZE];
    struct buf text = buf_in(arena);
    struct uuid id;
    char printed[UUID_TEXT_LEN + 1];
    buf_add(&text, (struct str){(const char *)url_space, 16});
    buf_add(&text, uri);
    struct str whole = buf_str(&text);
    EVP_Digest(whole.at, whole.len, digest, NULL, EVP_sha1(), NULL);
    memcpy(id.bytes, digest, 16);
    id.bytes[6] = (unsigned char)((id.bytes[6] & 0x0f) | 0x50);
    id.bytes[8] = (unsigned char)((id.bytes[8] & 0x3f) | 0x80);
    return arena_copy(arena, uuid_print(id, printed));
}

/* Adds the value in PostgreSQL's text format of COPY; absent is null. */
static void add_copy_value(struct buf *line, struct str value)
{
    if (!value.at) {
        buf_add(line, S("\\N"));
        return;
    }
    for (size_t i = 0; i < value.len; i++) {
        if (value.at[i] == '\n' || value.at[i] == '\t')
            buf_add(line, value.at[i] == '\n' ? S("\\n") : S("\\t"));
        else if (value.at[i] == '\\')
            buf_add(line, S("\\\\"));
        else
            buf_add_char(line, value.at[i]);
    }
}

static bool complain(const char *path, const char *reason)
{
    fprintf(stderr, "maatwerk: %s: %s\n", path, reason);
    return false;
}

/* Where the columns of the table are in the file; -1: not there. */
static bool find_columns(const struct csv *csv, const struct load *load, int *numbers,
                         const char **missing)
{
    for (int i = 0; load->from[i].field.name; i++) {
        numbers[i] = -1;
        *missing = load->from[i].field.name;
        if (!csv_column(csv, *missing, &numbers[i]) && (load->from[i].field.flags & FIELD_REQUIRED))
            return false;
    }
    return true;
}

/* Whether a spreadsheet wrote the cell because it had no value: in English, and in Dutch. */
static bool is_error(struct str cell)
{
    static const char *const errors[] = {"#N/A",   "#REF!",    "#VALUE!", "#NAME?", "#DIV/0!",
                                         "#NULL!", "#NUM!",    "#N/B",    "#VERW!", "#WAARDE!",
                                         "#NAAM?", "#DEEL/0!", "#LEEG!",  "#GETAL!"};
    for (size_t i = 0; i < sizeof errors / sizeof *errors; i++)
        if (str_equal(cell, str_of(errors[i])))
            return true;
    size_t signs = 0; /* the column was too narrow */
    while (signs < cell.len && cell.at[signs] == '#')
        signs++;
    return signs > 1 && signs == cell.len;
}

/* The text without soft hyphens (U+00AD): they say where a line may break, and are no part of a label. */
static struct str without_soft_hyphens(struct arena *arena, struct str text)
{
    static const char soft[] = "\xc2\xad";
    struct buf out = buf_in(arena);
    if (!text.len || !memmem(text.at, text.len, soft, 2))
        return text;
    for (size_t i = 0; i < text.len; i++)
        if (i + 1 < text.len && memcmp(text.at + i, soft, 2) == 0)
            i++;
        else
            buf_add_char(&out, text.at[i]);
    return buf_str(&out);
}

/* The lines of the cell that fit: what people also say is worth having, and no reason to refuse a file. */
static struct str good_lines(struct ctx *ctx, const struct field *field, struct str cell)
{
    struct buf good = buf_in(ctx->arena);
    while (cell.at) {
        struct str line = str_cut(&cell, '\n'), normal;
        if (text_normalise(ctx->arena, line, TEXT_LINE, &normal) == TEXT_GOOD && normal.len
            && (int64_t)utf8_count(normal) <= field->max) {
            buf_add(&good, good.len ? S("\n") : S(""));
            buf_add(&good, normal);
        }
    }
    return good.len ? buf_str(&good) : (struct str){0};
}

/* Adds a cell to the line. Notes a fault when it does not fit. White space around it is no part of it, also where
 * the contract takes a code as it is written. */
static void add_cell(struct ctx *ctx, struct buf *line, const struct load_column *column,
                     struct str cell)
{
    struct place place = {.name = column->field.name};
    struct str normal;
    cell = without_soft_hyphens(ctx->arena, cell);
    if (text_normalise(ctx->arena, cell, TEXT_LINE, &normal) == TEXT_GOOD)
        cell = normal;
    if (column->lines) {
        cell = good_lines(ctx, &column->field, cell);
    } else if (cell.len || (column->field.flags & FIELD_REQUIRED)) {
        if (check_text(ctx, &column->field, column->field.type, &cell, &place) != OK)
            return; /* the fault is noted */
    } else {
        cell = (struct str){0};
    }
    add_copy_value(line, column->as_id && cell.at ? id_of_uri(ctx->arena, cell) : cell);
    buf_add_char(line, '\t');
}

/* Returns what is wrong with the row, or NULL. */
static const char *copy_row(PGconn *pg, struct ctx *ctx, const struct load *load,
                            const struct str *cells, int row)
{
    struct buf line = buf_in(ctx->arena);
    for (int i = 0; load->from[i].field.name; i++) {
        if (is_error(str_trim(cells[i])))
            return arena_print(ctx->arena, "row %d: %s: an error of a spreadsheet is no value", row,
                               load->from[i].field.name)
                .at;
        add_cell(ctx, &line, &load->from[i], cells[i]);
    }
    if (ctx->faults.count) {
        const struct fault *fault = &ctx->faults.at[0];
        return arena_print(ctx->arena, "row %d: %.*s: %s", row, STR_ARG(str_from(fault->where, 1)),
                           problem_sentence(ctx->arena, fault, LANGUAGE_EN).at)
            .at;
    }
    buf_print(&line, "%d\n", row);
    struct str text = buf_str(&line);
    return PQputCopyData(pg, text.at, (int)text.len) == 1 ? NULL : PQerrorMessage(pg);
}

/* Spreadsheets end a table with rows of which every cell is empty. */
static bool is_empty(const struct str *row)
{
    for (int i = 0; i < CSV_COLUMNS_MAX; i++)
        if (str_trim(row[i]).len)
            return false;
    return true;
}

static bool copy_rows(PGconn *pg, struct csv *csv, const char *path, const struct load *load)
{
    int numbers[LOAD_COLUMNS_MAX], rows = 0;
    const char *wrong = NULL;
    struct str row[CSV_COLUMNS_MAX], cells[LOAD_COLUMNS_MAX];
    struct arena *arena = arena_new();
    if (!find_columns(csv, load, numbers, &wrong))
        wrong = arena_print(arena, "there is no column %s", wrong).at;
    else
        wrong = NULL;
    bool done = !wrong || complain(path, wrong);
    while (done && csv_next(csv, row)) {
        struct ctx ctx = {.arena = arena};
        if (is_empty(row))
            continue;
        arena_reset(arena);
        for (int i = 0; load->from[i].field.name; i++)
            cells[i] = numbers[i] < 0 ? (struct str){0} : row[numbers[i]];
        wrong = copy_row(pg, &ctx, load, cells, csv_row(csv));
        done = !wrong || complain(path, wrong);
        rows++;
    }
    if (done && (csv_fault(csv) || !rows))
        done = complain(path, csv_fault(csv) ? csv_fault(csv) : "there are no rows");
    arena_free(arena);
    return done;
}

/* Ends the COPY, also when it was given up: the connection does nothing else before that. */
static bool end_copy(PGconn *pg, const char *path, bool done)
{
    PGresult *result;
    bool ended = PQputCopyEnd(pg, done ? NULL : "given up") == 1;
    while (ended && (result = PQgetResult(pg))) {
        if (PQresultStatus(result) != PGRES_COMMAND_OK && done)
            done = complain(path, PQresultErrorField(result, PG_DIAG_MESSAGE_PRIMARY));
        PQclear(result);
    }
    return done && ended;
}

static bool check_once(PGconn *pg, const char *path, const struct load *load)
{
    char sql[300], words[400];
    if (!load->key)
        return true;
    snprintf(sql, sizeof sql,
             "select max(row), %s from %s group by 2 having count(*) > 1 order by 1 limit 1",
             load->key, load->table);
    PGresult *twice = must_run(pg, sql, 0, NULL);
    bool done = twice && PQntuples(twice) == 0;
    if (twice && !done) {
        snprintf(words, sizeof words, "row %s: %s is there twice", PQgetvalue(twice, 0, 0),
                 PQgetvalue(twice, 0, 1));
        complain(path, words);
    }
    PQclear(twice);
    return done;
}

bool load_file(PGconn *pg, const char *path, const struct load *load)
{
    char sql[300];
    struct csv *csv = csv_open(path);
    snprintf(sql, sizeof sql, "copy %s (%s, row) from stdin", load->table, load->columns);
    bool done = csv_fault(csv) ? complain(path, csv_fault(csv)) : must_do(pg, sql);
    if (done)
        done = end_copy(pg, path, copy_rows(pg, csv, path, load)) && check_once(pg, path, load);
    csv_close(csv);
    return done;
}
