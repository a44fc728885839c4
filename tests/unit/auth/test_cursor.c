/* SPDX-License-Identifier: EUPL-1.2 */
/* Cursors: what we printed is read back, what anybody else made is not. */
#include "tests/unit/auth/auth.h"

#include <openssl/hmac.h>

#include "lib/auth/cursor.h"

static struct keys *keys, *other_keys;

static int start(void **state)
{
    (void)state;
    return keys_make(&keys) && keys_make(&other_keys) ? 0 : 1;
}

static int end(void **state)
{
    (void)state;
    keys_free(keys);
    keys_free(other_keys);
    return 0;
}

static struct cursor sample(void)
{
    return (struct cursor){.sort = S("name"),
                           .value = S("Jansen"),
                           .key = S("01920000-0000-7000-8000-000000000001"),
                           .descending = true,
                           .filters_hash = 0xfedcba9876543210};
}

static enum err read_back(struct ctx *ctx, struct str text)
{
    struct cursor cursor = {.sort = S("untouched")};
    enum err err = cursor_read(ctx->arena, keys, text, &cursor);
    if (err)
        assert_str(cursor.sort, "untouched");
    return err;
}

/* Signs any text as only we could. */
static struct str signed_text(struct ctx *ctx, struct str text)
{
    unsigned char mac[EVP_MAX_MD_SIZE];
    struct buf whole = buf_in(ctx->arena);
    HMAC(EVP_sha256(), keys->cursor, KEY_BYTES, (const unsigned char *)text.at, text.len, mac,
         NULL);
    buf_add(&whole, (struct str){(char *)mac, 16});
    buf_add(&whole, text);
    return base64url_encode(ctx->arena, buf_str(&whole));
}

static void it_comes_back_as_it_was(void **state)
{
    static const struct str values[] = {S("Jansen"),       S(""),      S("a\nb\n\nc"), S("\n"),
                                        S("\xc3\xa9%s%n"), S("-12.50")};
    struct ctx *ctx = *state;
    for (size_t i = 0; i < 2 * sizeof values / sizeof *values; i++) {
        struct cursor made = sample(), got = {0};
        made.value = values[i / 2];
        made.descending = i % 2;
        made.filters_hash = i ? UINT64_MAX / i : 0;
        assert_int_equal(cursor_read(ctx->arena, keys, cursor_print(ctx->arena, keys, &made), &got),
                         OK);
        assert_true(str_equal(got.sort, made.sort) && str_equal(got.key, made.key));
        assert_true(got.value.at && str_equal(got.value, made.value));
        assert_int_equal(got.descending, made.descending);
        assert_true(got.filters_hash == made.filters_hash);
    }
}

static void no_character_may_change(void **state)
{
    struct ctx *ctx = *state;
    struct cursor made = sample();
    struct str text = cursor_print(ctx->arena, keys, &made);
    char *copy = writable(ctx, text);
    for (size_t i = 0; i < text.len; i++) {
        char kept = copy[i];
        copy[i] = kept == 'A' ? 'B' : 'A';
        assert_int_equal(read_back(ctx, (struct str){copy, text.len}), ERR_INVALID);
        copy[i] = kept;
    }
    assert_int_equal(read_back(ctx, (struct str){copy, text.len}), OK);
}

static void it_must_be_whole(void **state)
{
    struct ctx *ctx = *state;
    struct cursor made = sample();
    struct str text = cursor_print(ctx->arena, keys, &made);
    for (size_t length = 0; length < text.len; length++)
        assert_int_equal(read_back(ctx, (struct str){text.at, length}), ERR_INVALID);
    assert_int_equal(read_back(ctx, str_from(text, 4)), ERR_INVALID);
    assert_int_equal(read_back(ctx, arena_print(ctx->arena, "%.*sAAAA", STR_ARG(text))),
                     ERR_INVALID);
    assert_int_equal(read_back(ctx, arena_print(ctx->arena, "%.*s=", STR_ARG(text))), ERR_INVALID);
    assert_int_equal(read_back(ctx, S("")), ERR_INVALID);
    assert_int_equal(read_back(ctx, (struct str){0}), ERR_INVALID);
}

static void forged_without_our_key(void **state)
{
    struct ctx *ctx = *state;
    struct cursor made = sample();
    struct str zeros =
        base64url_encode(ctx->arena,
                         S("\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0name\na\n0000000000000000\nk\nv"));
    assert_int_equal(read_back(ctx, cursor_print(ctx->arena, other_keys, &made)), ERR_INVALID);
    assert_int_equal(read_back(ctx, zeros), ERR_INVALID);
    assert_int_equal(read_back(ctx, S("name\na\n0000000000000000\nk\nv")), ERR_INVALID);
}

/* Not even our own signature makes sense of what is not a cursor. */
static void signed_nonsense_is_refused(void **state)
{
    static const struct str texts[] = {S("x"),
                                       S("name"),
                                       S("name\na"),
                                       S("name\na\n0000000000000000"),
                                       S("name\na\n0000000000000000\nk"),
                                       S("name\na\n000000000000000\nk\nv"),
                                       S("name\na\n000000000000000G\nk\nv"),
                                       S("name\na\n\nk\nv")};
    struct ctx *ctx = *state;
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        assert_int_equal(read_back(ctx, signed_text(ctx, texts[i])), ERR_INVALID);
    assert_int_equal(read_back(ctx, signed_text(ctx, S("name\na\n0000000000000000\nk\nv"))), OK);
}

static void a_long_one_is_refused(void **state)
{
    struct ctx *ctx = *state;
    char long_text[LIMIT_CURSOR];
    memset(long_text, 'x', sizeof long_text);
    for (size_t length = 600; length < sizeof long_text; length++) {
        struct cursor made = sample();
        made.value = (struct str){long_text, length};
        struct str text = cursor_print(ctx->arena, keys, &made);
        assert_int_equal(read_back(ctx, text), text.len <= LIMIT_CURSOR ? OK : ERR_INVALID);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        UNIT(it_comes_back_as_it_was),    UNIT(no_character_may_change),
        UNIT(it_must_be_whole),           UNIT(forged_without_our_key),
        UNIT(signed_nonsense_is_refused), UNIT(a_long_one_is_refused),
    };
    return cmocka_run_group_tests(tests, start, end);
}
