/* SPDX-License-Identifier: EUPL-1.2 */
/* Citizen service numbers: which are one, and that a sealed one cannot be
 * moved, changed or read with other keys. */
#include "tests/unit/auth/auth.h"

#include "lib/auth/bsn.h"

static struct keys *keys, *other_keys;

static const struct str bsn = S("999990019"), tenant = S("01920000-0000-7000-8000-000000000002"),
                        candidate = S("01920000-0000-7000-8000-000000000003");

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

static struct bsn_sealed sealed_in(struct ctx *ctx)
{
    struct bsn_sealed sealed = {0};
    assert_int_equal(bsn_seal(ctx->arena, keys, bsn, tenant, candidate, &sealed), OK);
    return sealed;
}

static void the_eleven_test(void **state)
{
    static const struct str good[] = {S("999990019"), S("123456782"), S("111222333"),
                                      S("010000008")};
    static const struct str bad[] = {S(""),
                                     S("000000000"),
                                     S("123456789"),
                                     S("12345678"),
                                     S("1234567820"),
                                     S("12345678 "),
                                     S("-23456782"),
                                     S("12345678x"),
                                     S("123\0"
                                       "56782"),
                                     S("12345678\xb2"),
                                     S("1234.56.782"),
                                     {NULL, 0}};
    (void)state;
    for (size_t i = 0; i < sizeof good / sizeof *good; i++)
        assert_true(bsn_is_valid(good[i]));
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        assert_false(bsn_is_valid(bad[i]));
}

/* The eleven-test is there for typing errors: one wrong digit, or two neighbours changed over. */
static void no_single_typing_error_passes(void **state)
{
    char text[10];
    (void)state;
    for (size_t i = 0; i < 9; i++)
        for (char digit = '0'; digit <= '9'; digit++) {
            memcpy(text, "123456782", sizeof text);
            text[i] = digit;
            assert_int_equal(bsn_is_valid((struct str){text, 9}), digit == "123456782"[i]);
        }
    for (size_t i = 0; i < 8; i++) {
        memcpy(text, "123456782", sizeof text);
        char kept = text[i];
        text[i] = text[i + 1];
        text[i + 1] = kept;
        assert_false(bsn_is_valid((struct str){text, 9}));
    }
}

static void it_opens_as_it_was_sealed(void **state)
{
    struct ctx *ctx = *state;
    struct bsn_sealed sealed = sealed_in(ctx);
    struct str opened = {0};
    assert_int_equal(sealed.nonce.len, 2 + 2 * 12);
    assert_int_equal(sealed.ciphertext.len, 2 + 2 * (9 + 16));
    assert_int_equal(sealed.blind_index.len, 2 + 2 * 32);
    assert_true(str_has_prefix(sealed.ciphertext, S("\\x")));
    assert_int_equal(bsn_open(ctx->arena, keys, &sealed, tenant, candidate, &opened), OK);
    assert_true(str_equal(opened, bsn));
}

static void no_nonce_is_used_twice(void **state)
{
    struct ctx *ctx = *state;
    struct bsn_sealed first = sealed_in(ctx), second = sealed_in(ctx);
    assert_false(str_equal(first.nonce, second.nonce));
    assert_false(str_equal(first.ciphertext, second.ciphertext));
    assert_true(str_equal(first.blind_index, second.blind_index));
}

static void it_opens_nowhere_else(void **state)
{
    struct ctx *ctx = *state;
    struct bsn_sealed sealed = sealed_in(ctx);
    struct str opened = S("untouched");
    assert_int_equal(bsn_open(ctx->arena, keys, &sealed, candidate, tenant, &opened), ERR_INVALID);
    assert_int_equal(bsn_open(ctx->arena, keys, &sealed, tenant, tenant, &opened), ERR_INVALID);
    assert_int_equal(bsn_open(ctx->arena, keys, &sealed, candidate, candidate, &opened),
                     ERR_INVALID);
    assert_int_equal(bsn_open(ctx->arena, keys, &sealed, S(""), S(""), &opened), ERR_INVALID);
    assert_int_equal(bsn_open(ctx->arena, other_keys, &sealed, tenant, candidate, &opened),
                     ERR_INVALID);
    assert_str(opened, "untouched");
}

/* Each hexadecimal digit of nonce, text and tag counts. */
static void no_digit_may_change(void **state)
{
    struct ctx *ctx = *state;
    struct bsn_sealed sealed = sealed_in(ctx);
    struct str *fields[] = {&sealed.nonce, &sealed.ciphertext}, opened;
    for (size_t f = 0; f < 2; f++) {
        struct str kept = *fields[f];
        for (size_t i = 0; i < kept.len; i++) {
            char *copy = writable(ctx, kept);
            copy[i] = copy[i] == '0' ? '1' : '0';
            *fields[f] = (struct str){copy, kept.len};
            assert_int_equal(bsn_open(ctx->arena, keys, &sealed, tenant, candidate, &opened),
                             ERR_INVALID);
        }
        *fields[f] = (struct str){kept.at, kept.len - 2};
        assert_int_equal(bsn_open(ctx->arena, keys, &sealed, tenant, candidate, &opened),
                         ERR_INVALID);
        *fields[f] = (struct str){0};
        assert_int_equal(bsn_open(ctx->arena, keys, &sealed, tenant, candidate, &opened),
                         ERR_INVALID);
        *fields[f] = kept;
    }
    assert_int_equal(bsn_open(ctx->arena, keys, &sealed, tenant, candidate, &opened), OK);
}

static void the_index_belongs_to_municipality_and_key(void **state)
{
    struct ctx *ctx = *state;
    struct str index = bsn_blind_index(ctx->arena, keys, tenant, bsn);
    assert_true(str_equal(index, sealed_in(ctx).blind_index));
    assert_false(str_equal(index, bsn_blind_index(ctx->arena, keys, candidate, bsn)));
    assert_false(str_equal(index, bsn_blind_index(ctx->arena, keys, tenant, S("123456782"))));
    assert_false(str_equal(index, bsn_blind_index(ctx->arena, other_keys, tenant, bsn)));
}

/* Who has the key of the numbers cannot make indexes with it, nor the other way round. */
static void each_key_has_one_use(void **state)
{
    struct ctx *ctx = *state;
    struct bsn_sealed sealed = sealed_in(ctx);
    struct keys changed = *keys;
    struct str opened = {0};
    changed.bsn[0] ^= 1;
    assert_true(str_equal(bsn_blind_index(ctx->arena, &changed, tenant, bsn), sealed.blind_index));
    assert_int_equal(bsn_open(ctx->arena, &changed, &sealed, tenant, candidate, &opened),
                     ERR_INVALID);
    changed = *keys;
    changed.bsn_index[0] ^= 1;
    assert_false(str_equal(bsn_blind_index(ctx->arena, &changed, tenant, bsn), sealed.blind_index));
    assert_int_equal(bsn_open(ctx->arena, &changed, &sealed, tenant, candidate, &opened), OK);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        UNIT(the_eleven_test),
        UNIT(no_single_typing_error_passes),
        UNIT(it_opens_as_it_was_sealed),
        UNIT(no_nonce_is_used_twice),
        UNIT(it_opens_nowhere_else),
        UNIT(no_digit_may_change),
        UNIT(the_index_belongs_to_municipality_and_key),
        UNIT(each_key_has_one_use),
    };
    return cmocka_run_group_tests(tests, start, end);
}
