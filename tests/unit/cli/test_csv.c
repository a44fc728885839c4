/* SPDX-License-Identifier: EUPL-1.2 */
/* CSV files as RFC 4180 has them. */
#include <unistd.h>

#include "tests/unit/unit.h"

#include "services/cli/csv.h"

static struct csv *open_text(const char *text, size_t length)
{
    char path[] = "/var/tmp/maatwerk-csv-XXXXXX";
    int file = mkstemp(path);
    assert_int_equal(write(file, text, length), length);
    close(file);
    struct csv *csv = csv_open(path);
    unlink(path);
    assert_non_null(csv);
    return csv;
}

static void cells_may_be_quoted(void **state)
{
    (void)state;
    struct str row[CSV_COLUMNS_MAX];
    struct csv *csv =
        open_text("name,\"note\"\r\n\"a \"\"b\"\", c\",\"two\r\nlines\"\r\n,\n",
                  strlen("name,\"note\"\r\n\"a \"\"b\"\", c\",\"two\r\nlines\"\r\n,\n"));
    int column = 7;
    assert_false(csv_column(csv, "nothing", &column));
    assert_int_equal(column, 7);
    assert_true(csv_column(csv, "note", &column));
    assert_int_equal(column, 1);
    assert_true(csv_next(csv, row));
    assert_str(row[0], "a \"b\", c");
    assert_str(row[1], "two\r\nlines");
    assert_true(csv_next(csv, row));
    assert_str(row[0], "");
    assert_str(row[1], "");
    assert_false(csv_next(csv, row));
    csv_close(csv);
}

static void the_last_line_needs_no_end(void **state)
{
    (void)state;
    struct str row[CSV_COLUMNS_MAX];
    struct csv *csv = open_text("a\nb", 3);
    assert_true(csv_next(csv, row));
    assert_str(row[0], "b");
    assert_false(csv_next(csv, row));
    csv_close(csv);
}

static void more_columns_than_there_is_room_for_are_left_out(void **state)
{
    (void)state;
    char text[200];
    struct str row[CSV_COLUMNS_MAX];
    memset(text, ',', sizeof text);
    text[99] = '\n', text[199] = '\n', text[100] = 'x';
    struct csv *csv = open_text(text, sizeof text);
    assert_true(csv_next(csv, row));
    assert_str(row[0], "x");
    assert_false(csv_next(csv, row));
    csv_close(csv);
}

static void an_open_quote_ends_with_the_file(void **state)
{
    (void)state;
    struct str row[CSV_COLUMNS_MAX];
    struct csv *csv = open_text("a\n\"b,c\nd", 8);
    assert_true(csv_next(csv, row));
    assert_str(row[0], "b,c\nd");
    assert_false(csv_next(csv, row));
    csv_close(csv);
    assert_null(csv_open("/nowhere/at/all"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        UNIT(cells_may_be_quoted),
        UNIT(the_last_line_needs_no_end),
        UNIT(more_columns_than_there_is_room_for_are_left_out),
        UNIT(an_open_quote_ends_with_the_file),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
