/* SPDX-License-Identifier: EUPL-1.2 */
/* What people type and files bring, and what becomes of it. */
#include "tests/unit/unit.h"

#include "lib/base/phone.h"
#include "lib/base/text.h"

static enum text_fault fault_of(void **state, const char *text)
{
    struct str normal;
    return text_normalise(((struct ctx *)*state)->arena, str_of(text), TEXT_LINE, &normal);
}

static void what_looks_the_same_is_the_same(void **state)
{
    static const struct {
        enum text_form form;
        const char *text, *normal;
    } rows[] = {
        {TEXT_LINE, "", ""},
        {TEXT_LINE, "van Dijk", "van Dijk"},
        {TEXT_LINE, "  van \t Dijk ", "van Dijk"},
        {TEXT_LINE, "van Dijk\r\n", "van Dijk"},
        {TEXT_LINE, "Cafe\xcc\x81", "Caf\xc3\xa9"},  /* NFC */
        {TEXT_LINE, "\xe2\x84\xab", "\xc3\x85"},     /* Angstrom sign */
        {TEXT_LINE, "\xef\xac\x81", "\xef\xac\x81"}, /* a ligature stays */
        {TEXT_LINE,
         "\xc2\xa0"
         "a\xe3\x80\x80\xe2\x80\x89"
         "b",
         "a b"}, /* Unicode spaces */
        {TEXT_LINES, " a  b\r\n\r\n\tc\rd \n", "a  b\n\n\tc\nd"},
        {TEXT_LINE, "  \xc2\xa0heftruckchauffeur\t\n", "heftruckchauffeur"},
        {TEXT_LINE, "\xd9\x85\xdb\x8c\xe2\x80\x8c\xd8\xae", "\xd9\x85\xdb\x8c\xe2\x80\x8c\xd8\xae"},
        {TEXT_LINE, "\xe0\xa4\x95\xe0\xa5\x8d\xe2\x80\x8d", "\xe0\xa4\x95\xe0\xa5\x8d\xe2\x80\x8d"},
        {TEXT_LINE, "\xf0\x9f\x91\xa9\xe2\x80\x8d\xf0\x9f\x94\xa7",
         "\xf0\x9f\x91\xa9\xe2\x80\x8d\xf0\x9f\x94\xa7"},
        {TEXT_LINE, "\xe2\x9d\xa4\xef\xb8\x8f", "\xe2\x9d\xa4\xef\xb8\x8f"}, /* heart, in colour */
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct str normal = S("none");
        assert_int_equal(text_normalise(((struct ctx *)*state)->arena, str_of(rows[i].text),
                                        rows[i].form, &normal),
                         TEXT_GOOD);
        assert_str(normal, rows[i].normal);
    }
}

static void what_does_not_show_is_refused(void **state)
{
    static const char *const hidden[] = {
        "a\x01",
        "a\x1b[2J",
        "a\x7f",
        "a\nb",
        "a\vb",
        "a\xc2\x80",
        "a\xc2\x85",
        "a\xc2\x9f",
        "a\xc2\xad", /* soft hyphen */
        "a\xcd\x8f", /* grapheme joiner */
        "a\xe1\x85\x9f",
        "a\xe3\x85\xa4", /* Hangul fillers */
        "a\xe2\x80\x8b", /* zero-width space */
        "a\xe2\x80\x8d"
        "b",
        "a\xe2\x80\x8c"
        "b",                    /* joiners in Latin script */
        "\xd9\x85\xe2\x80\x8c", /* a joiner at the end */
        "a\xe2\x80\x8e",
        "a\xe2\x80\x8f", /* left-to-right, right-to-left mark */
        "a\xe2\x80\xa8",
        "a\xe2\x80\xa9", /* line, paragraph separator */
        "a\xe2\x80\xaa",
        "a\xe2\x80\xae",
        "a\xe2\x81\xa6",
        "a\xe2\x81\xa9",
        "a\xe2\x81\xa0",
        "\xef\xbb\xbf"
        "a", /* byte-order mark */
        "\xef\xb8\x8f"
        "a",             /* a variation selector of nothing */
        "a\xee\x80\x80", /* private use */
        "a\xef\xbf\xbf",
        "a\xf4\x8f\xbf\xbf", /* no characters */
        "a\xcd\xb8",         /* unassigned */
        "a\xf3\xa0\x81\x81", /* a tag */
        "S\ufffddwest",      /* a letter that another program lost */
        "a\xc3",
        "\xed\xa0\x80", /* no UTF-8 */
    };
    for (size_t i = 0; i < sizeof hidden / sizeof *hidden; i++)
        assert_int_equal(fault_of(state, hidden[i]), TEXT_CHARACTERS);
}

static void a_text_shows_something(void **state)
{
    static const char *const blank[] = {
        " ",        "\t",          "\n", " \xc2\xa0\xe3\x80\x80",
        "\xcc\x81", "\xe2\xa0\x80" /* a Braille pattern without dots */};
    for (size_t i = 0; i < sizeof blank / sizeof *blank; i++)
        assert_int_equal(fault_of(state, blank[i]), TEXT_BLANK);
    assert_int_equal(fault_of(state, "-"), TEXT_GOOD);
}

static void a_number_is_one_that_can_be_called(void **state)
{
    static const struct {
        const char *text, *number; /* NULL: no number */
    } rows[] = {
        {"013 555 0199", "+31135550199"},
        {"(013) 555 01 99", "+31135550199"},
        {"06-55500101", "+31655500101"},
        {"+31 (0)13 555.01.99", "+31135550199"},
        {"+31 013 5550199", "+31135550199"},
        {"0031 13 5550199", "+31135550199"},
        {"0800-1234", "+318001234"},
        {"0900 123 4567", "+319001234567"},
        {"06\u201112345678", "+31612345678"}, /* a hyphen that does not break */
        {"013 \u2013 555\u201201\u201199", "+31135550199"},
        {"+31\u22126\u201412345678", "+31612345678"},
        {"013\u20195550199", NULL},
        {"+32 2 555 12 12", "+3225551212"},
        {"0049 30/5550199", "+49305550199"},
        {"------", NULL},
        {"", NULL},
        {"5550199", NULL},       /* of which area? */
        {"013 555 019", NULL},   /* a digit too few */
        {"013 555 01999", NULL}, /* a digit too many */
        {"0000000000", NULL},
        {"+0 135550199", NULL},
        {"+31", NULL},
        {"+32 555", NULL},
        {"+1234567890123456", NULL}, /* more than fifteen digits */
        {"1234567890123456789012345", NULL},
        {"++31135550199", NULL},
        {"01+35550199", NULL},
        {"013 CALL ME", NULL},
        {"\xd9\xa0\xd9\xa1\xd9\xa3", NULL}, /* Arabic figures */
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct str number = {0};
        bool is = phone_read(((struct ctx *)*state)->arena, str_of(rows[i].text), &number);
        assert_int_equal(is, rows[i].number != NULL);
        if (is)
            assert_str(number, rows[i].number);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        UNIT(what_looks_the_same_is_the_same),
        UNIT(what_does_not_show_is_refused),
        UNIT(a_text_shows_something),
        UNIT(a_number_is_one_that_can_be_called),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
