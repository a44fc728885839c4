/* SPDX-License-Identifier: EUPL-1.2 */
/* Values at the borders of what the contract allows. */
#include "tests/unit/unit.h"

#include "lib/http/check.h"
#include "lib/http/uri.h"

static enum fault_code check(void **state, const struct field *field, struct str text)
{
    struct ctx ctx = {.arena = ((struct ctx *)*state)->arena,
                      .now_us = INT64_C(1795860000000000)}; /* 2026-11-28 */
    return check_text(&ctx, field, field->type, &text, NULL) == OK ? FAULT_NONE
                                                                   : ctx.faults.at[0].code;
}

static void length_is_counted_in_code_points(void **state)
{
    static const struct field field = {.type = FIELD_TEXT, .min = 2, .max = 3};
    assert_int_equal(check(state, &field, S("\xf0\x9f\x98\x80")), FAULT_LENGTH);
    assert_int_equal(check(state, &field, S("\xf0\x9f\x98\x80\xc3\xa9")), FAULT_NONE);
    assert_int_equal(check(state, &field, S("\xf0\x9f\x98\x80\xe2\x82\xac\xc3\xa9")), FAULT_NONE);
    assert_int_equal(check(state, &field, S("abcd")), FAULT_LENGTH);
    assert_int_equal(check(state, &field, S("e\xcc\x81")),
                     FAULT_LENGTH); /* e and an accent are composed to one */
}

static void what_is_not_utf8_is_refused(void **state)
{
    static const struct field field = {.type = FIELD_TEXT, .max = 100};
    static const char *const texts[] = {"\x80",
                                        "\xc3",
                                        "\xc0\x80",
                                        "\xc1\xbf",
                                        "\xe0\x80\x80",
                                        "\xe0\x9f\xbf",
                                        "\xed\xa0\x80",
                                        "\xed\xbf\xbf",
                                        "\xf0\x80\x80\x80",
                                        "\xf0\x8f\xbf\xbf",
                                        "\xf4\x90\x80\x80",
                                        "\xf8\x88\x80\x80\x80",
                                        "\xff",
                                        "a\xe2\x82",
                                        "\xc3\x28"};
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        assert_int_equal(check(state, &field, str_of(texts[i])), FAULT_CHARACTERS);
    assert_int_equal(check(state, &field, S("\xf0\xaf\xa8\x9d")), FAULT_NONE); /* U+2FA1D */
    assert_int_equal(check(state, &field, S("\xef\xac\x81")), FAULT_NONE);
}

static void what_does_not_show_is_refused(void **state)
{
    static const struct field line = {.type = FIELD_TEXT, .max = 100},
                              lines = {.type = FIELD_TEXT, .max = 100, .flags = FIELD_MULTILINE};
    assert_int_equal(check(state, &lines, S("a\x1b[2J")), FAULT_CHARACTERS);
    assert_int_equal(check(state, &lines, S("a\xe2\x80\xaf")), FAULT_NONE); /* a space of its own */
    assert_int_equal(check(state, &lines, S("a\r\n\tb")), FAULT_NONE);
    assert_int_equal(check(state, &line, S("a\nb")), FAULT_CHARACTERS);
    assert_int_equal(check(state, &line, S("a\tb")), FAULT_NONE); /* a space */
    assert_int_equal(check(state, &line, S("a\0b")), FAULT_CHARACTERS);
    assert_int_equal(check(state, &line, S(" \xc2\xa0")), FAULT_BLANK);
    assert_int_equal(check(state, &line, S("")), FAULT_NONE);
}

static void a_text_gets_its_normal_form(void **state)
{
    static const struct field field = {.type = FIELD_TEXT, .max = 100};
    static const struct field phone = {.type = FIELD_TEXT, .max = 30, .flags = FIELD_PHONE};
    static const struct pattern_part digit[] = {{{0x3ff000000000000u, 0}, 1, 1}, {{0, 0}, 0, 0}};
    static const struct field code = {.type = FIELD_TEXT, .max = 100, .pattern = digit};
    struct ctx ctx = {.arena = ((struct ctx *)*state)->arena};
    struct str text = S(" Cafe\xcc\x81  Jos\xc3\xa9 "), number = S("013 555 0199");
    assert_int_equal(check_text(&ctx, &field, FIELD_TEXT, &text, NULL), OK);
    assert_str(text, "Caf\xc3\xa9 Jos\xc3\xa9");
    assert_int_equal(check_text(&ctx, &phone, FIELD_TEXT, &number, NULL), OK);
    assert_str(number, "+31135550199");
    assert_int_equal(check(state, &phone, S("------")), FAULT_FORMAT);
    assert_int_equal(check(state, &code, S("1")), FAULT_NONE);
    assert_int_equal(check(state, &code, S(" 1")), FAULT_PATTERN); /* a code is no text */
}

static void a_birth_date_is_of_somebody_who_lives(void **state)
{
    static const struct field field = {.type = FIELD_DATE, .flags = FIELD_BIRTH};
    assert_int_equal(check(state, &field, S("2026-11-29")), FAULT_FORMAT);
    assert_int_equal(check(state, &field, S("2099-01-01")), FAULT_FORMAT);
    assert_int_equal(check(state, &field, S("1906-11-27")), FAULT_FORMAT);
    assert_int_equal(check(state, &field, S("1988-02-30")), FAULT_FORMAT);
    assert_int_equal(check(state, &field, S("2026-11-28")), FAULT_NONE);
    assert_int_equal(check(state, &field, S("1906-11-28")), FAULT_NONE);
}

static void an_email_has_a_name_and_a_host(void **state)
{
    static const struct field field = {.type = FIELD_TEXT, .max = 100, .flags = FIELD_EMAIL};
    static const char *const good[] = {
        "a@b.nl",         "a.b+c@d-e.example.nl",    "A!#$%&'*/=?^_`{|}~-@x.y",
        "a@b.nl\xc2\xa0", "a@xn--bcher-kva.example", "a@4you.example"};
    static const char *const bad[] = {
        "",
        "a",
        "@b.nl",
        "a@",
        "a@b",
        "a@.nl",
        "a@b.",
        "a@b.nl.",
        "a@b@c.nl",
        "a b@c.nl",
        "a@b\xc2\xa0.nl",
        "caf\xc3\xa9@x.nl",
        "<a@b.nl>",
        "a,b@c.nl",
        "a@[1.2]",
        "\"a\"@b.nl",
        "a..b@post.example",
        "a@post..example",
        "-@-.-",
        ".a@b.nl",
        "a.@b.nl",
        "a@-b.nl",
        "a@b-.nl",
        "a@b_c.nl",
        "a@127.0.0.1",
        "a@1234567890123456789012345678901234567890123456789012345678901234.nl"};
    for (size_t i = 0; i < sizeof good / sizeof *good; i++)
        assert_int_equal(check(state, &field, str_of(good[i])), FAULT_NONE);
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        assert_int_equal(check(state, &field, str_of(bad[i])), FAULT_FORMAT);
}

static void numbers_in_parameters_have_borders(void **state)
{
    static const struct field field = {.type = FIELD_INT, .min = -1, .max = INT64_MAX};
    assert_int_equal(check(state, &field, S("-1")), FAULT_NONE);
    assert_int_equal(check(state, &field, S("-2")), FAULT_RANGE);
    assert_int_equal(check(state, &field, S("9223372036854775807")), FAULT_NONE);
    assert_int_equal(check(state, &field, S("9223372036854775808")), FAULT_TYPE);
    assert_int_equal(check(state, &field, S("1.5")), FAULT_TYPE);
    static const struct field yes = {.type = FIELD_BOOL};
    assert_int_equal(check(state, &yes, S("true")), FAULT_NONE);
    assert_int_equal(check(state, &yes, S("True")), FAULT_TYPE);
    assert_int_equal(check(state, &yes, S("1")), FAULT_TYPE);
}

static void a_value_of_a_list_is_written_exactly(void **state)
{
    static const char *const values[] = {"open", "closed", NULL};
    static const struct field field = {.type = FIELD_TEXT, .max = 100, .values = values};
    struct ctx ctx = {.arena = ((struct ctx *)*state)->arena};
    assert_int_equal(check(state, &field, S("open")), FAULT_NONE);
    assert_int_equal(check(state, &field, S("Open")), FAULT_ENUM);
    assert_int_equal(check(state, &field, S("open\0")), FAULT_CHARACTERS);
    struct str x = S("x");
    assert_int_equal(check_text(&ctx, &field, FIELD_TEXT, &x, NULL), ERR_INVALID);
    assert_str(ctx.faults.at[0].limit, "open, closed");
}

static void days_and_moments_at_the_borders(void **state)
{
    static const struct field date = {.type = FIELD_DATE}, instant = {.type = FIELD_INSTANT};
    static const char *const days[] = {"1899-12-31", "2200-01-01", "2026-00-10", "2026-13-01",
                                       "2026-01-00", "2026-01-32", "2026-1-1",   "2026-01-01Z",
                                       "+026-01-01", "2026/01/01", "1900-02-29"};
    static const char *const moments[] = {"2026-01-01T00:60:00Z",      "2026-01-01T00:00:60Z",
                                          "2026-01-01t00:00:00Z",      "2026-01-01T00:00:00z",
                                          "2026-01-01T00:00:00+15:00", "2026-01-01T00:00:00+01:60",
                                          "2026-01-01T00:00:00+01000", "2026-01-01T00:00:00.Z",
                                          "2026-01-01T00:00:00 01:00", "2026-02-30T00:00:00Z",
                                          "2026-01-01T00:00:00",       "2026-01-01T00:00:00ZZ"};
    for (size_t i = 0; i < sizeof days / sizeof *days; i++)
        assert_int_equal(check(state, &date, str_of(days[i])), FAULT_FORMAT);
    for (size_t i = 0; i < sizeof moments / sizeof *moments; i++)
        assert_int_equal(check(state, &instant, str_of(moments[i])), FAULT_FORMAT);
    assert_int_equal(check(state, &date, S("1900-01-01")), FAULT_NONE);
    assert_int_equal(check(state, &date, S("2199-12-31")), FAULT_NONE);
    assert_int_equal(check(state, &instant, S("2026-10-25T02:30:00+14:00")), FAULT_NONE);
    assert_int_equal(check(state, &instant, S("2026-10-25T23:59:59.000001-00:00")), FAULT_NONE);
    assert_int_equal(check(state, &instant, S("2026-10-25T23:59:59.000001+0000")), FAULT_NONE);
    assert_int_equal(check(state, &instant, S("2026-10-25T23:59:59+1500")), FAULT_FORMAT);
}

static void what_is_encoded_is_decoded_to_the_same(void **state)
{
    struct arena *arena = ((struct ctx *)*state)->arena;
    struct buf out = buf_in(arena);
    struct str text = S("a-._~ +&=%/?#\xf0\x9f\x98\x80");
    uri_encode(&out, text);
    assert_str(buf_str(&out), "a-._~%20%2B%26%3D%25%2F%3F%23%F0%9F%98%80");
    assert_true(str_equal(uri_decode(arena, buf_str(&out), true), text));
    assert_null(uri_decode(arena, S("%c0%af"), false).at); /* overlong slash */
    assert_null(uri_decode(arena, S("%ED%A0%80"), false).at);
    assert_null(uri_decode(arena, S("%0d%0a"), false).at);
    assert_null(uri_decode(arena, S("%"), false).at);
    assert_null(uri_decode(arena, S("%4"), false).at);
    assert_null(uri_decode(arena, S("%+4"), false).at);
    assert_str(uri_decode(arena, S("a+b"), false), "a+b");
}

static enum fault_code key_of(void **state, struct str value, struct str *ret)
{
    struct ctx ctx = {.arena = ((struct ctx *)*state)->arena};
    return check_key(&ctx, value, NULL, ret) == OK ? FAULT_NONE : ctx.faults.at[0].code;
}

static void a_key_is_a_string_or_the_same_without_quotes(void **state)
{
    char longest[LIMIT_KEY + 2] = "";
    memset(longest, 'k', LIMIT_KEY + 1);
    static const struct {
        const char *value;
        enum fault_code code;
    } rows[] = {
        {"01920000-0000-7000-8000-0000000000bb", FAULT_NONE},
        {"\"12345678\"", FAULT_NONE},
        {" 12345678 ", FAULT_NONE},
        {"1234567", FAULT_LENGTH},
        {"\"1234567\"", FAULT_LENGTH},
        {"", FAULT_LENGTH},
        {"\"\"", FAULT_LENGTH},
        {"abc", FAULT_LENGTH},
        {"null,null", FAULT_CHARACTERS}, /* two headers that a proxy made one of */
        {"\"12345678\", \"12345678\"", FAULT_CHARACTERS},
        {"\"12345678", FAULT_CHARACTERS},
        {"12345678\"", FAULT_CHARACTERS},
        {"\"", FAULT_CHARACTERS},
        {"with a space", FAULT_CHARACTERS},
        {"back\\slash", FAULT_CHARACTERS},
        {"caf\xc3\xa9-caf", FAULT_CHARACTERS},
        {"\"12345678\";a", FAULT_CHARACTERS},
        {"tab\tand more", FAULT_CHARACTERS},
        {"\x7f"
         "1234567",
         FAULT_CHARACTERS},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct str key = {0};
        assert_int_equal(key_of(state, str_of(rows[i].value), &key), rows[i].code);
        assert_true((key.at != NULL) == (rows[i].code == FAULT_NONE));
    }
    struct str key = {0}, other = {0};
    assert_int_equal(key_of(state, S("\"12345678\""), &key), FAULT_NONE);
    assert_int_equal(key_of(state, S("12345678"), &other), FAULT_NONE);
    assert_true(str_equal(key, other));
    assert_int_equal(key_of(state, (struct str){longest, LIMIT_KEY}, &key), FAULT_NONE);
    assert_int_equal(key_of(state, (struct str){longest, LIMIT_KEY + 1}, &key), FAULT_LENGTH);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        UNIT(length_is_counted_in_code_points),
        UNIT(what_is_not_utf8_is_refused),
        UNIT(what_does_not_show_is_refused),
        UNIT(a_text_gets_its_normal_form),
        UNIT(a_birth_date_is_of_somebody_who_lives),
        UNIT(an_email_has_a_name_and_a_host),
        UNIT(numbers_in_parameters_have_borders),
        UNIT(a_value_of_a_list_is_written_exactly),
        UNIT(days_and_moments_at_the_borders),
        UNIT(what_is_encoded_is_decoded_to_the_same),
        UNIT(a_key_is_a_string_or_the_same_without_quotes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
