/* SPDX-License-Identifier: EUPL-1.2 */
/* Entity tags as RFC 9110 has them. */
#include "tests/unit/unit.h"

#include "lib/http/etag.h"

static void a_list_has_tags_with_quotes(void **state)
{
    (void)state;
    static const char *const lists[] = {
        "\"1\"",       "W/\"1\"",      "\"\"",  "*", " * ", "\"1\",\"2\"", "\"a,b\" , W/\"c\"",
        ",, \"1\" ,,", "\"\xc3\xa9\"", "\"\\\""};
    static const char *const others[] = {"",        " ",          ",",
                                         "1",       "1-0",        "\"1",
                                         "1\"",     "\"1\"\"2\"", "\"1\" \"2\"",
                                         "w/\"1\"", "W/1",        "W/",
                                         "\"a b\"", "\"a\tb\"",   "\"\x7f\"",
                                         "*,\"1\"", "\"1\",*",    "**"};
    for (size_t i = 0; i < sizeof lists / sizeof *lists; i++)
        assert_true(etag_is_list(str_of(lists[i])));
    for (size_t i = 0; i < sizeof others / sizeof *others; i++)
        assert_false(etag_is_list(str_of(others[i])));
    assert_false(etag_is_list((struct str){0}));
}

static void a_tag_is_found_whether_it_is_weak_or_not(void **state)
{
    (void)state;
    static const char *const with[] = {"\"3-ab\"", "W/\"3-ab\"", "*", "\"1\", \"3-ab\"",
                                       "\"1\",W/\"3-ab\",\"2\""};
    static const char *const without[] = {
        "", "\"3\"", "\"3-abc\"", "\"3-a\"", "\"1\", \"2\"", "3-ab", "\"x\" \"3-ab\""};
    for (size_t i = 0; i < sizeof with / sizeof *with; i++)
        assert_true(etag_is_named(str_of(with[i]), S("\"3-ab\"")));
    for (size_t i = 0; i < sizeof without / sizeof *without; i++)
        assert_false(etag_is_named(str_of(without[i]), S("\"3-ab\"")));
}

static void if_match_names_versions(void **state)
{
    static const struct {
        const char *value, *versions;
    } rows[] = {
        {"\"3-ab\"", "{[3,3]}"},
        {"\"3\"", "{[3,3]}"},      /* the version of an item of a list will do */
        {"W/\"3-ab\"", "{[3,3]}"}, /* a proxy that compresses made it weak */
        {"\"3-ab\", \"7-cd\"", "{[3,3],[7,7]}"},
        {"*", "{(,)}"},
        {"\"abc\"",
         "{}"}, /* of somebody else: the version is another one, the request is well formed */
        {"\"-ab\"", "{}"}, /* of what has no version */
        {"\"0-ab\"", "{}"},
        {"\"-1-ab\"", "{}"},
        {"\"03\"", "{}"},
        {"\"abc\",\"3\"", "{[3,3]}"},
        {"\"9007199254740991\"", "{[9007199254740991,9007199254740991]}"},
        {"\"9007199254740992\"", "{}"},
        {"\"99999999999999999999-0\"", "{}"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        assert_str(etag_versions(((struct ctx *)*state)->arena, str_of(rows[i].value)),
                   rows[i].versions);
}

static void our_tag_has_the_version_and_what_was_shown(void **state)
{
    struct arena *arena = ((struct ctx *)*state)->arena;
    struct str one = etag_print(arena, S("3"), S("{\"a\":1}"));
    assert_true(str_has_prefix(one, S("\"3-")) && etag_is_list(one));
    assert_str(etag_versions(arena, one), "{[3,3]}");
    assert_true(etag_has_version(etag_versions(arena, one), 3));
    assert_false(etag_has_version(S("{[13,13],[30,30]}"), 3));
    assert_true(etag_has_version(S("{(,)}"), 3));
    assert_true(str_equal(one, etag_print(arena, S("3"), S("{\"a\":1}"))));
    assert_false(str_equal(one, etag_print(arena, S("3"), S("{\"a\":2}"))));
    assert_false(str_equal(one, etag_print(arena, S("4"), S("{\"a\":1}"))));
    assert_str(etag_versions(arena, etag_print(arena, (struct str){0}, S("{}"))), "{}");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        UNIT(a_list_has_tags_with_quotes),
        UNIT(a_tag_is_found_whether_it_is_weak_or_not),
        UNIT(if_match_names_versions),
        UNIT(our_tag_has_the_version_and_what_was_shown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
