/* SPDX-License-Identifier: EUPL-1.2 */
/* Tokens that are signed as they should be, but claim what they may not. */
#include "tests/unit/auth/auth.h"

#include "lib/json/parse.h"

static struct keys *keys, *other_keys;

static int start(void **state)
{
    (void)state;
    json_start();
    return keys_make(&keys) && keys_make(&other_keys) ? 0 : 1;
}

static int end(void **state)
{
    (void)state;
    keys_free(keys);
    keys_free(other_keys);
    return 0;
}

static void assert_refused(struct ctx *ctx, struct str token)
{
    if (verify(ctx, keys, token) != ERR_UNAUTHENTICATED)
        fail_msg("taken: %.*s", STR_ARG(token));
}

#define WITH(more) "{" HEAD ROLE LISTED "," TIMES more "}"
#define BODY(iss, aud, sub, tenant) \
    "{\"iss\":" iss ",\"aud\":" aud ",\"sub\":" sub ",\"tenant\":" tenant ROLE LISTED "," TIMES "}"

#define X16  "0123456789abcdef"
#define X64  X16 X16 X16 X16
#define X256 X64 X64 X64 X64

static const char *bodies[] = {
    BODY("\"j\"", "\"a\"", "\"" SUB "\"", "\"" TENANT "\""),
    BODY("\"i\"", "\"b\"", "\"" SUB "\"", "\"" TENANT "\""),
    BODY("\"i\"", "[\"b\"]", "\"" SUB "\"", "\"" TENANT "\""),
    BODY("\"i\"", "[]", "\"" SUB "\"", "\"" TENANT "\""),
    BODY("\"i\"", "[\"a\",1]", "\"" SUB "\"", "\"" TENANT "\""),
    BODY("\"i\"", "\"a\"", "\"\"", "\"" TENANT "\""),
    BODY("\"i\"", "\"a\"", "\"" X256 "\"", "\"" TENANT "\""),
    BODY("\"i\"", "\"a\"", "1", "\"" TENANT "\""),
    BODY("\"i\"", "\"a\"", "\"" SUB "\"", "\"*\""),
    BODY("\"i\"", "\"a\"", "\"" SUB "\"", "null"),
    BODY("null", "null", "null", "null"),
    BODY("\"i\\u0000\"", "\"a\"", "\"" SUB "\"", "\"" TENANT "\""),
    WITH(",\"role\":\"admin\""),
    WITH(",\"exp\":1800000100"),
    WITH(",\"\\u0072ole\":\"admin\""),
    WITH(",\"org\":\"x\""),
    WITH(",\"org\":null"),
    WITH(",\"org\":[]"),
    WITH(",\"nbf\":\"0\""),
    WITH(",\"nbf\":1800000061"),
    WITH(",\"x\":{\"a\":1,\"a\":2}"),
    WITH(",\"x\":NaN"),
    WITH(","),
    WITH("}{"),
    "{" HEAD ",\"role\":\"\"" LISTED "," TIMES "}",
    "{" HEAD ",\"role\":1" LISTED "," TIMES "}",
    "{" HEAD ROLE "," TIMES ",\"attributes\":\"x\"}",
    "{" HEAD ROLE "," TIMES ",\"attributes\":{}}",
    "{" HEAD ROLE "," TIMES ",\"attributes\":[1]}",
    "{" HEAD ROLE "," TIMES ",\"attributes\":null}",
    "{" HEAD ROLE "," TIMES ",\"attributes\":[\"1\",\"2\",\"3\",\"4\",\"5\","
    "\"6\",\"7\",\"8\",\"9\"]}",
    "[]",
    "\"x\"",
    "",
    "{",
    "{}",
};

static void claims_that_are_refused(void **state)
{
    struct ctx *ctx = *state;
    for (size_t i = 0; i < sizeof bodies / sizeof *bodies; i++) {
        struct str token = sign(ctx, keys->issuer, header_of(ctx, keys), str_of(bodies[i]));
        if (verify(ctx, keys, token) != ERR_UNAUTHENTICATED)
            fail_msg("taken: %s", bodies[i]);
    }
    assert_int_equal(verify(ctx, keys,
                            sign(ctx, keys->issuer, header_of(ctx, keys),
                                 S(WITH(",\"nbf\":1800000060")))),
                     OK);
}

/* A subject is any text, and what only narrows may be absent. */
static void a_login_is_enough(void **state)
{
    struct ctx *ctx = *state;
    static const char *good[] = {
        "{" HEAD "," TIMES "}",
        "{" HEAD LISTED "," TIMES "}",
        BODY("\"i\"", "\"a\"", "\"n.akkers@maasdrecht.example\"", "\"" TENANT "\""),
    };
    for (size_t i = 0; i < sizeof good / sizeof *good; i++) {
        struct token_claims claims;
        struct str token = sign(ctx, keys->issuer, header_of(ctx, keys), str_of(good[i]));
        assert_int_equal(token_verify(ctx->arena, keys, token, NOW_S, S("i"), S("a"), &claims), OK);
        assert_true(!claims.role.at == (i < 2));
        assert_true(claims.has_attributes == (i > 0));
        assert_ptr_equal(claims.key, keys_find(keys, str_of(keys->issuer_kid)));
    }
}

static void times(void **state)
{
    static const struct {
        const char *issued, *expires;
        bool good;
    } cases[] = {
        {"1800000000", "1800000001", true},
        {"1800000000", "1800000000", false},
        {"1800000060", "1800000900", true},
        {"1800000061", "1800000900", false},
        {"1799913601", "1800000001", true},
        {"1799913600", "1800000001", false},
        {"1799999000", "1799999999", false},
        {"\"1800000000\"", "1800000001", false},
        {"1800000000", "\"1800000001\"", false},
        {"1800000000", "1800000001.5", false},
        {"1800000000", "99999999999999999", false},
        {"-99999999999999999", "1800000001", false},
        {"1800000000", "1e99", false},
        {"null", "1800000001", false},
        {"1800000000", "true", false},
        {"-1", "1800000001", false},
    };
    struct ctx *ctx = *state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct str body =
            arena_print(ctx->arena, "{" HEAD ",\"role\":\"r\"" LISTED ",\"iat\":%s,\"exp\":%s}",
                        cases[i].issued, cases[i].expires);
        enum err err = verify(ctx, keys, sign(ctx, keys->issuer, header_of(ctx, keys), body));
        if (err != (cases[i].good ? OK : ERR_UNAUTHENTICATED))
            fail_msg("iat %s exp %s: %d", cases[i].issued, cases[i].expires, err);
    }
    assert_refused(ctx, sign(ctx, keys->issuer, header_of(ctx, keys),
                             S("{" HEAD ROLE LISTED ",\"iat\":1800000000}")));
    assert_refused(ctx, sign(ctx, keys->issuer, header_of(ctx, keys),
                             S("{" HEAD ROLE LISTED ",\"exp\":1800000001}")));
}

/* Up to the limit and not one byte more, whatever it says. */
static void a_long_one_is_refused(void **state)
{
    struct ctx *ctx = *state;
    char padding[LIMIT_TOKEN];
    bool taken = false, refused = false;
    memset(padding, 'x', sizeof padding);
    for (int length = 2600; length < 2800; length++) {
        struct str body =
            arena_print(ctx->arena, "{" HEAD ROLE LISTED "," TIMES ",\"jti\":\"%.*s\"}", length,
                        padding);
        struct str token = sign(ctx, keys->issuer, header_of(ctx, keys), body);
        bool fits = token.len <= LIMIT_TOKEN;
        assert_int_equal(verify(ctx, keys, token), fits ? OK : ERR_UNAUTHENTICATED);
        taken = taken || fits;
        refused = refused || !fits;
    }
    assert_true(taken && refused);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        UNIT(claims_that_are_refused),
        UNIT(a_login_is_enough),
        UNIT(times),
        UNIT(a_long_one_is_refused),
    };
    return cmocka_run_group_tests(tests, start, end);
}
