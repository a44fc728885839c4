/* SPDX-License-Identifier: EUPL-1.2 */
/* The scanner: RFC 8259 and RFC 7493, rule by rule. */
#include "tests/unit/unit.h"

#include "lib/json/parse.h"
#include "lib/json/scan.h"

static enum fault_code scan(void **state, struct str text)
{
    struct ctx ctx = {.arena = ((struct ctx *)*state)->arena};
    return json_scan(&ctx, text) == OK ? FAULT_NONE : ctx.faults.at[0].code;
}

#define GOOD(text)      assert_int_equal(scan(state, S(text)), FAULT_NONE)
#define BAD(code, text) assert_int_equal(scan(state, S(text)), code)

static void every_kind_of_value_is_json(void **state)
{
    GOOD("{}");
    GOOD("[]");
    GOOD(" [ 1 , -2.5e+3 , \"a\" , true , false , null , { \"a\" : [ ] } ] ");
    GOOD("\"\\\"\\\\\\/\\b\\f\\n\\r\\t\\u00e9\"");
    GOOD("0");
}

static void rubbish_is_not_json(void **state)
{
    BAD(FAULT_JSON_SYNTAX, "");
    BAD(FAULT_JSON_SYNTAX, "{");
    BAD(FAULT_JSON_SYNTAX, "{\"a\"}");
    BAD(FAULT_JSON_SYNTAX, "[1,]");
    BAD(FAULT_JSON_SYNTAX, "{} x");
    BAD(FAULT_JSON_SYNTAX, "tru");
    BAD(FAULT_JSON_SYNTAX, "\"a\nb\"");
    BAD(FAULT_JSON_SYNTAX, "\"\\x41\"");
}

static void numbers_have_one_form(void **state)
{
    BAD(FAULT_JSON_NUMBER, "007");
    BAD(FAULT_JSON_NUMBER, "+1");
    BAD(FAULT_JSON_NUMBER, ".5");
    BAD(FAULT_JSON_NUMBER, "1.");
    BAD(FAULT_JSON_NUMBER, "1e");
    BAD(FAULT_JSON_NUMBER, "1e999");
    BAD(FAULT_JSON_NUMBER, "-");
    BAD(FAULT_JSON_NUMBER, "123456789012345678901234567890123");
}

static void text_is_utf8_without_nul(void **state)
{
    BAD(FAULT_JSON_UTF8, "\"\xff\"");
    BAD(FAULT_JSON_UTF8, "\"\xc0\xaf\"");
    BAD(FAULT_JSON_UTF8, "\"\xed\xa0\x80\"");
    BAD(FAULT_JSON_UTF8, "\"\xf4\x90\x80\x80\"");
    BAD(FAULT_JSON_UTF8, "\"\\ud800\"");
    BAD(FAULT_JSON_UTF8, "\"\\ud800\\u0041\"");
    BAD(FAULT_JSON_NUL, "\"\\u0000\"");
    BAD(FAULT_JSON_NUL, "\"a\0b\"");
    GOOD("\"\\ud83d\\ude00\"");
}

static void a_name_stands_once(void **state)
{
    BAD(FAULT_JSON_DUPLICATE, "{\"a\":1,\"a\":2}");
    GOOD("{\"a\":{\"a\":1},\"b\":{\"a\":1}}");
    BAD(FAULT_JSON_SYNTAX, "{\"\\u0061\":1}");
}

static void nesting_has_an_end(void **state)
{
    GOOD("[[[[[[[[[[[[[[[[]]]]]]]]]]]]]]]]");
    BAD(FAULT_JSON_DEPTH, "[[[[[[[[[[[[[[[[[]]]]]]]]]]]]]]]]]");
}

static void a_tree_lives_in_the_arena(void **state)
{
    struct ctx *ctx = *state;
    cJSON *json = NULL;
    json_start();
    assert_int_equal(json_parse(ctx, S("{\"a\":[1,2]}"), &json), OK);
    assert_int_equal(cJSON_GetArraySize(json->child), 2);
}

static void a_bad_text_notes_a_fault(void **state)
{
    struct ctx *ctx = *state;
    cJSON *json = NULL;
    assert_int_equal(json_parse(ctx, S("{"), &json), ERR_INVALID);
    assert_int_equal(ctx->faults.count, 1);
    assert_int_equal(ctx->faults.at[0].code, FAULT_JSON_SYNTAX);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        UNIT(every_kind_of_value_is_json), UNIT(rubbish_is_not_json),
        UNIT(numbers_have_one_form),       UNIT(text_is_utf8_without_nul),
        UNIT(a_name_stands_once),          UNIT(nesting_has_an_end),
        UNIT(a_tree_lives_in_the_arena),   UNIT(a_bad_text_notes_a_fault),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
