/* SPDX-License-Identifier: EUPL-1.2 */
/* CSV files as RFC 4180 has them. */
#include <unistd.h>
#include <zlib.h>

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
    char text[201];
    struct str row[CSV_COLUMNS_MAX];
    memset(text, ',', sizeof text);
    text[99] = '\n', text[200] = '\n', text[100] = 'x';
    struct csv *csv = open_text(text, sizeof text);
    assert_true(csv_next(csv, row));
    assert_str(row[0], "x");
    assert_false(csv_next(csv, row));
    csv_close(csv);
}

static void the_same_table_in_many_spellings(void **state)
{
    static const char *const texts[] = {
        "postcode4,place\n5901,Proefdorp\n5902,Nieuw\n",
        "\xef\xbb\xbfpostcode4,place\r\n5901,Proefdorp\r\n5902,Nieuw\r\n", /* a byte-order mark */
        "postcode4;place\n5901;Proefdorp\n5902;Nieuw",
        "sep=;\npostcode4;place\n5901;Proefdorp\n5902;Nieuw",
        "postcode4\tplace\n5901\tProefdorp\n5902\tNieuw\n",
        "postcode4,place\r5901,Proefdorp\r5902,Nieuw\r", /* only CR */
        "Postcode4, PLACE \n5901,Proefdorp\n\n5902,Nieuw\n\n\n",
        "\"postcode4\";\"place\"\n\"5901\";\"Proefdorp\"\n5902;Nieuw\n",
        "place,postcode4\nProefdorp,5901\nNieuw,5902\n",
    };
    struct str row[CSV_COLUMNS_MAX];
    (void)state;
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        struct csv *csv = csv_of_bytes(str_of(texts[i]));
        int code, place;
        assert_null(csv_fault(csv));
        assert_true(csv_column(csv, "postcode4", &code) && csv_column(csv, "place", &place));
        assert_true(csv_next(csv, row));
        assert_str(row[code], "5901");
        assert_str(row[place], "Proefdorp");
        assert_true(csv_next(csv, row));
        assert_str(row[place], "Nieuw");
        assert_false(csv_next(csv, row));
        assert_null(csv_fault(csv));
        csv_close(csv);
    }
}

static void what_can_be_read_in_two_ways_is_refused_with_its_row(void **state)
{
    static const struct {
        struct str text;
        const char *fault;
    } rows[] = {
        {{"", 0}, "row 1: the file is empty"},
        {S("a,b\n1,\"2\n3,4\n"), "row 2: a quotation mark is not closed"},
        {S("a,b\n1,Bar \"De Hoek\n"), "row 2: a quotation mark stands inside a cell"},
        {S("a,b\n1,2\n3,\"4\" 5\n"), "row 3: text follows a quotation mark that closes"},
        {S("a,b\n1,2\n3\n"), "row 3: it has 1 cells and the header has 2"},
        {S("a,b\n1,2,3\n"), "row 2: it has 3 cells and the header has 2"},
        {S("a,A\n1,2\n"), "row 1: two columns have the same name"},
        {S("a,b\n1,caf\xe9\n"),
         "row 2: this is not UTF-8, but perhaps Windows-1252: save it as CSV in UTF-8"},
        {S("\xff\xfe"
           "a\0,\0b\0\n\0"),
         "this is UTF-16 or no text: save it as CSV in UTF-8"},
        {S("a\0,b\n"), "this is UTF-16 or no text: save it as CSV in UTF-8"},
    };
    struct str row[CSV_COLUMNS_MAX];
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct csv *csv = csv_of_bytes(rows[i].text);
        int left = 10;
        while (left-- && csv_next(csv, row))
            ;
        assert_string_equal(csv_fault(csv), rows[i].fault);
        assert_false(csv_next(csv, row));
        csv_close(csv);
    }
}

static void half_a_zipped_file_is_nothing(void **state)
{
    (void)state;
    char path[] = "/var/tmp/maatwerk-csv-XXXXXX";
    int file = mkstemp(path), twin = dup(file);
    gzFile zipped = gzdopen(twin, "wb");
    gzprintf(zipped, "a,b\n");
    for (int i = 0; i < 20000; i++)
        gzprintf(zipped, "%d,%d\n", i, i * 7919 % 10007);
    gzclose(zipped);
    struct csv *csv = csv_open(path);
    assert_null(csv_fault(csv));
    csv_close(csv);
    assert_int_equal(ftruncate(file, lseek(file, 0, SEEK_END) / 2), 0);
    csv = csv_open(path);
    assert_string_equal(csv_fault(csv), "it is cut off or damaged");
    csv_close(csv);
    close(file);
    unlink(path);
    csv = csv_open("/nowhere/at/all");
    assert_string_equal(csv_fault(csv), "it cannot be read");
    csv_close(csv);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        UNIT(cells_may_be_quoted),
        UNIT(the_last_line_needs_no_end),
        UNIT(more_columns_than_there_is_room_for_are_left_out),
        UNIT(the_same_table_in_many_spellings),
        UNIT(what_can_be_read_in_two_ways_is_refused_with_its_row),
        UNIT(half_a_zipped_file_is_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
