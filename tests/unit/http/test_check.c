/* SPDX-License-Identifier: EUPL-1.2 */
/* Values at the borders of what the contract allows. */
#include "tests/unit/unit.h"

#include "lib/http/check.h"
#include "lib/http/uri.h"

static enum fault_code check(void **state, const struct field *field, struct str text)
{
    struct ctx ctx = {.arena = ((struct ctx *)*state)->arena};
    return check_text(&ctx, field, field->type, text, NULL) == OK ? FAULT_NONE
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
                     FAULT_NONE); /* two: it is not composed */
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
    assert_int_equal(check(state, &field, S("\xf4\x8f\xbf\xbf")), FAULT_NONE); /* U+10FFFF */
    assert_int_equal(check(state, &field, S("\xed\x9f\xbf\xee\x80\x80")), FAULT_NONE);
}

static void what_does_not_show_is_refused(void **state)
{
    static const struct field line = {.type = FIELD_TEXT, .max = 100},
                              lines = {.type = FIELD_TEXT, .max = 100, .flags = FIELD_MULTILINE};
    static const char *const hidden[] = {"\x01",         "\x1b[2J",      "\x7f",
                                         "\xc2\x80",     "\xc2\x9f",     "\xe2\x80\xaa",
                                         "\xe2\x80\xae", "\xe2\x81\xa6", "\xe2\x81\xa9"};
    static const char *const shown[] = {"\xc2\xa0", "\xe2\x80\xa9", "\xe2\x80\xaf", "\xe2\x81\xa5",
                                        "\xe2\x81\xaa"};
    for (size_t i = 0; i < sizeof hidden / sizeof *hidden; i++)
        assert_int_equal(check(state, &lines, str_of(hidden[i])), FAULT_CHARACTERS);
    for (size_t i = 0; i < sizeof shown / sizeof *shown; i++)
        assert_int_equal(check(state, &line, str_of(shown[i])), FAULT_NONE);
    assert_int_equal(check(state, &lines, S("a\r\n\tb")), FAULT_NONE);
    assert_int_equal(check(state, &line, S("a\tb")), FAULT_CHARACTERS);
    assert_int_equal(check(state, &line, S("a\0b")), FAULT_CHARACTERS);
}

static void an_email_has_a_name_and_a_host(void **state)
{
    static const struct field field = {.type = FIELD_TEXT, .max = 100, .flags = FIELD_EMAIL};
    static const char *const good[] = {"a@b.nl", "a.b+c@d-e.example.nl", "A!#$%&'*/=?^_`{|}~-@x.y"};
    static const char *const bad[] = {"",         "a",        "@b.nl",          "a@",
                                      "a@b",      "a@.nl",    "a@b.",           "a@b.nl.",
                                      "a@b@c.nl", "a b@c.nl", "a@b.nl\xc2\xa0", "caf\xc3\xa9@x.nl",
                                      "<a@b.nl>", "a,b@c.nl", "a@[1.2]",        "\"a\"@b.nl"};
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
    assert_int_equal(check_text(&ctx, &field, FIELD_TEXT, S("x"), NULL), ERR_INVALID);
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
                                          "2026-01-01T00:00:00+0100",  "2026-01-01T00:00:00.Z",
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
        UNIT(an_email_has_a_name_and_a_host),
        UNIT(numbers_in_parameters_have_borders),
        UNIT(a_value_of_a_list_is_written_exactly),
        UNIT(days_and_moments_at_the_borders),
        UNIT(what_is_encoded_is_decoded_to_the_same),
        UNIT(a_key_is_a_string_or_the_same_without_quotes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
