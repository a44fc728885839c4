/* SPDX-License-Identifier: EUPL-1.2 */
/* Templates and what is put in them. */
#include "tests/unit/unit.h"

#include "lib/json/parse.h"
#include "workers/documents/fill.h"
#include "workers/documents/letters.h"
#include "workers/documents/marks.h"

static const char *filled(struct ctx *ctx, const char *template, const char *values)
{
    cJSON *tree;
    struct str page;
    json_start();
    assert_int_equal(json_parse(ctx, str_of(values), &tree), OK);
    const char *fault = fill(ctx->arena, str_of(template), tree, &page);
    return fault ? fault : arena_copy(ctx->arena, page).at;
}

static void values_take_the_place_of_their_names(void **state)
{
    struct ctx *ctx = *state;
    assert_string_equal(filled(ctx, "<p>{{a}} en {{b}}</p>", "{\"a\":\"x\",\"b\":\"y\"}"),
                        "<p>x en y</p>");
    assert_string_equal(filled(ctx, "<p>{{a}}</p>", "{\"a\":\"1\\n2\"}"),
                        "<p>1<text:line-break/>2</p>");
    assert_string_equal(filled(ctx, "{{a}}", "{}"), "values");
    assert_string_equal(filled(ctx, "{{a}}", "{\"a\":1}"), "values");
    assert_string_equal(filled(ctx, "{{.}}", "{\".\":\"a\"}"), "values");
}

static void a_value_is_text_and_nothing_else(void **state)
{
    struct ctx *ctx = *state;
    assert_string_equal(filled(ctx, "<p>{{a}}</p>{{b}}",
                               "{\"a\":\"</p>&{{b}}<!--each b-->\\\"<!--end-->\",\"b\":\"z\"}"),
                        "<p>&lt;/p&gt;&amp;{{b}}&lt;!--each b--&gt;&quot;&lt;!--end--&gt;</p>z");
}

static void a_part_is_there_for_each_item(void **state)
{
    struct ctx *ctx = *state;
    const char *template = "<!--each l--><i>{{.}}</i><!--end-->.";
    assert_string_equal(filled(ctx, template, "{\"l\":[\"a\",\"b\"]}"), "<i>a</i><i>b</i>.");
    assert_string_equal(filled(ctx, template, "{\"l\":[]}"), ".");
    assert_string_equal(filled(ctx, template, "{\"l\":\"one\"}"), "<i>one</i>.");
    assert_string_equal(filled(ctx, template, "{}"), ".");
    assert_string_equal(filled(ctx, template, "{\"l\":null}"), ".");
    assert_string_equal(filled(ctx, template, "{\"l\":[1]}"), "values");
}

static void letters_that_no_font_of_ours_has_are_refused(void **state)
{
    struct ctx *ctx = *state;
    assert_true(letters_are_ours(S("Şükrü Ångström-Łukasz é ë ĳ €")));
    assert_true(letters_are_ours(S("محمد עברית Ελλάδα Москва")));
    assert_false(letters_are_ours(S("漢字")));
    assert_false(letters_are_ours(S("\xf0\x9f\x8c\x9e")));
    assert_false(letters_are_ours(S("a\xe2\x80\xae"
                                    "b"))); /* turns the text around */
    assert_false(letters_are_ours(S("\x01")));
    assert_false(letters_are_ours(S("\xff")));
    assert_string_equal(filled(ctx, "{{a}}", "{\"a\":\"漢\"}"), "characters");
}

static const char *joined(struct ctx *ctx, const char *xml)
{
    return arena_copy(ctx->arena, marks_join(ctx->arena, str_of(xml))).at;
}

static void a_mark_that_a_word_processor_cut_is_in_one_piece(void **state)
{
    struct ctx *ctx = *state;
    assert_string_equal(joined(ctx, "<a>{{na<s x=\"1\">me}}</s></a>"),
                        "<a>{{name}}<s x=\"1\"></s></a>");
    assert_string_equal(joined(ctx, "{<s>{na</s><b/>me}<i>}</i> x"),
                        "{{name}}<s></s><b/><i></i> x");
    assert_string_equal(joined(ctx, "{{ name\xc2\xa0}}"), "{{name}}");
    assert_string_equal(joined(ctx, "“{{a}}” {b} {{c"), "“{{a}}” {b} {{c");
    assert_string_equal(joined(ctx, "{{a</text:p><text:p>b}}"), "{{a</text:p><text:p>b}}");
    assert_string_equal(joined(ctx, "<a b=\"{<c>{d}}\">{{}}{{a<"), "<a b=\"{<c>{d}}\">{{}}{{a<");
    assert_true(marks_has(ctx->arena, S("x{{a}}"), S("a")));
    assert_false(marks_has(ctx->arena, S("x{{a}}"), S("b")));
}

int main(void)
{
    const struct CMUnitTest tests[] = {UNIT(values_take_the_place_of_their_names),
                                       UNIT(a_value_is_text_and_nothing_else),
                                       UNIT(a_part_is_there_for_each_item),
                                       UNIT(a_mark_that_a_word_processor_cut_is_in_one_piece),
                                       UNIT(letters_that_no_font_of_ours_has_are_refused)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
