/* SPDX-License-Identifier: EUPL-1.2 */
/* base64url: one text for each sequence of bytes. */
#include "tests/unit/auth/auth.h"

static void the_examples_of_rfc_4648(void **state)
{
    static const char *pairs[][2] = {
        {"", ""},           {"f", "Zg"},          {"fo", "Zm8"},         {"foo", "Zm9v"},
        {"foob", "Zm9vYg"}, {"fooba", "Zm9vYmE"}, {"foobar", "Zm9vYmFy"}};
    struct ctx *ctx = *state;
    for (size_t i = 0; i < sizeof pairs / sizeof *pairs; i++) {
        assert_str(base64url_encode(ctx->arena, str_of(pairs[i][0])), pairs[i][1]);
        struct str bytes = base64url_decode(ctx->arena, str_of(pairs[i][1]));
        assert_non_null(bytes.at);
        assert_str(bytes, pairs[i][0]);
    }
}

static void all_bytes_come_back(void **state)
{
    struct ctx *ctx = *state;
    char bytes[256];
    for (size_t i = 0; i < sizeof bytes; i++)
        bytes[i] = (char)(255 - i);
    for (size_t length = 0; length <= sizeof bytes; length++) {
        struct str text = base64url_encode(ctx->arena, (struct str){bytes, length});
        struct str back = base64url_decode(ctx->arena, text);
        assert_int_equal(text.len, (length * 4 + 2) / 3);
        assert_true(back.at && str_equal(back, (struct str){bytes, length}));
    }
}

/* Of all texts of two characters exactly 256 are a byte: the others leave bits behind. */
static void trailing_bits_are_refused(void **state)
{
    struct ctx *ctx = *state;
    int taken = 0;
    for (int i = 0; i < 65536; i++) {
        char text[2] = {(char)(i >> 8), (char)i};
        struct str bytes = base64url_decode(ctx->arena, (struct str){text, 2});
        if (!bytes.at)
            continue;
        assert_true(str_equal(base64url_encode(ctx->arena, bytes), (struct str){text, 2}));
        taken++;
    }
    assert_int_equal(taken, 256);
    assert_null(base64url_decode(ctx->arena, S("Zm9vYmF")).at);
    assert_null(base64url_decode(ctx->arena, S("Zh")).at);
}

static void everything_else_is_refused(void **state)
{
    static const struct str texts[] = {S("A"),     S("Zm9vY"),     S("Zg=="),   S("Zg="),
                                       S("Zm8="),  S("="),         S("Zm+v"),   S("Zm/v"),
                                       S(" Zm9v"), S("Zm9v "),     S("Zm9v\n"), S("Zm.v"),
                                       S("Zm\0v"), S("Zm\xc3\xa9")};
    struct ctx *ctx = *state;
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        assert_null(base64url_decode(ctx->arena, texts[i]).at);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        UNIT(the_examples_of_rfc_4648),
        UNIT(all_bytes_come_back),
        UNIT(trailing_bits_are_refused),
        UNIT(everything_else_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
