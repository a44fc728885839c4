/* SPDX-License-Identifier: EUPL-1.2 */
/* Texts and numbers at their borders. */
#include "tests/unit/unit.h"

static void whole_numbers_are_read_to_their_borders(void **state)
{
    (void)state;
    int64_t number = 7;
    assert_true(str_to_int(S("9223372036854775807"), &number) && number == INT64_MAX);
    assert_true(str_to_int(S("-9223372036854775808"), &number) && number == INT64_MIN);
    assert_true(str_to_int(S("0"), &number) && number == 0);
}

static void what_is_not_a_whole_number_changes_nothing(void **state)
{
    (void)state;
    static const char *const texts[] = {"",
                                        "-",
                                        "-0",
                                        "00",
                                        "01",
                                        "+1",
                                        " 1",
                                        "1 ",
                                        "1.0",
                                        "1e3",
                                        "0x1",
                                        "--1",
                                        "1\n",
                                        "\xd9\xa1",
                                        "9223372036854775808",
                                        "-9223372036854775809",
                                        "99999999999999999999"};
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        int64_t number = 7;
        assert_false(str_to_int(str_of(texts[i]), &number));
        assert_int_equal(number, 7);
    }
    int64_t number = 7;
    assert_false(str_to_int((struct str){0}, &number));
    assert_false(str_to_int(S("1\0002"), &number)); /* a NUL does not end it */
}

static void a_text_is_cut_at_each_separator(void **state)
{
    (void)state;
    struct str rest = S("a,,b");
    assert_str(str_cut(&rest, ','), "a");
    assert_str(str_cut(&rest, ','), "");
    assert_non_null(rest.at);
    assert_str(str_cut(&rest, ','), "b");
    assert_null(rest.at);
    assert_null(str_cut(&rest, ',').at);
    rest = S("a,");
    assert_str(str_cut(&rest, ','), "a");
    assert_non_null(rest.at); /* empty, not absent */
    assert_int_equal(rest.len, 0);
}

static void order_is_by_bytes_and_a_prefix_comes_first(void **state)
{
    (void)state;
    assert_true(str_compare(S("a"), S("ab")) < 0);
    assert_true(str_compare(S("ab"), S("a")) > 0);
    assert_true(str_compare(S("\x7f"), S("\x80")) < 0); /* unsigned */
    assert_true(str_compare((struct str){0}, S("")) == 0);
    assert_true(str_compare(S("a\0b"), S("a\0c")) < 0);
}

static void absent_and_empty_are_equal_texts_of_no_bytes(void **state)
{
    (void)state;
    assert_true(str_equal((struct str){0}, S("")));
    assert_false(str_equal((struct str){0}, S("a")));
    assert_false(str_equal(S("a"), S("A")));
    assert_false(str_equal(S("a\0b"), S("a\0c")));
    assert_true(str_has_prefix(S("a"), S("")));
    assert_false(str_has_prefix(S("a"), S("ab")));
    assert_int_equal(str_from(S("ab"), 9).len, 0);
    assert_str(str_from(S("ab"), 1), "b");
}

static void spaces_at_the_ends_are_trimmed(void **state)
{
    (void)state;
    assert_str(str_trim(S(" \ta b\t ")), "a b");
    assert_str(str_trim(S(" \t ")), "");
    assert_str(str_trim(S("\na\n")), "\na\n"); /* a line break is not white space of a header */
}

static void a_text_is_clipped_before_a_character_that_does_not_fit(void **state)
{
    (void)state;
    struct str text = S("a\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80z"); /* 1, 2, 3, 4 and 1 bytes */
    static const size_t lengths[] = {0, 1, 1, 3, 3, 3, 6, 6, 6, 6, 10, 11, 11};
    for (size_t most = 0; most < sizeof lengths / sizeof *lengths; most++)
        assert_int_equal(str_clip(text, most).len, lengths[most]);
    assert_int_equal(str_clip(S("\x80\x80\x80"), 2).len, 0); /* ends, also when nothing is whole */
    assert_null(str_clip((struct str){0}, 5).at);
}

static void texts_that_differ_have_other_numbers(void **state)
{
    (void)state;
    char text[64] = "", one = '\0';
    uint64_t plain = str_hash((struct str){text, sizeof text});
    for (size_t i = 0; i < sizeof text; i++) {
        assert_true(str_hash((struct str){text, i}) != plain); /* nothing but zeroes, and shorter */
        for (int bit = 0; bit < 8; bit++) {
            one = text[i];
            text[i] = (char)(text[i] ^ (1 << bit));
            assert_true(str_hash((struct str){text, sizeof text}) != plain);
            text[i] = one;
        }
    }
    assert_true(str_hash((struct str){text, sizeof text}) == plain);
    assert_true(str_hash(S("ab")) != str_hash(S("ba")));
    assert_true(str_hash((struct str){0}) == str_hash(S("")));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        UNIT(whole_numbers_are_read_to_their_borders),
        UNIT(what_is_not_a_whole_number_changes_nothing),
        UNIT(a_text_is_cut_at_each_separator),
        UNIT(order_is_by_bytes_and_a_prefix_comes_first),
        UNIT(absent_and_empty_are_equal_texts_of_no_bytes),
        UNIT(spaces_at_the_ends_are_trimmed),
        UNIT(a_text_is_clipped_before_a_character_that_does_not_fit),
        UNIT(texts_that_differ_have_other_numbers),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
