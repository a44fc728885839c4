/* SPDX-License-Identifier: EUPL-1.2 */
/* Keys, tokens, cursors, citizen service numbers: what is ours passes, nothing else does. */
#include "tests/unit/unit.h"

#include "lib/auth/base64url.h"
#include "lib/auth/bsn.h"
#include "lib/auth/cursor.h"
#include "lib/auth/token.h"
#include "lib/auth/token_cache.h"
#include "lib/json/parse.h"

static struct keys *keys;
static const int64_t now_s = 1800000000;

static int make_keys(void **state)
{
    char folder[] = "/tmp/maatwerk-unit.XXXXXX";
    char inner[64];
    (void)state;
    json_start();
    if (!mkdtemp(folder))
        return 1;
    snprintf(inner, sizeof inner, "%s/keys", folder);
    if (keys_init(inner) != OK || keys_init(inner) != ERR_CONFLICT)
        return 1;
    return keys_load(inner, &keys) == OK ? 0 : 1;
}

static int free_keys(void **state)
{
    (void)state;
    keys_free(keys);
    return 0;
}

static struct token_claims claims(void)
{
    return (struct token_claims){.issuer = S("i"), .audience = S("a"), .role = S("consultant"), .token_id = S("t"),
                                 .subject = S("01920000-0000-7000-8000-000000000001"),
                                 .tenant = S("01920000-0000-7000-8000-000000000002"),
                                 .issued_s = now_s - 10, .expires_s = now_s + 100};
}

static enum err verify(struct ctx *ctx, struct str token)
{
    struct token_claims read;
    return token_verify(ctx->arena, keys, token, now_s, S("i"), S("a"), &read);
}

static struct str token_of(struct ctx *ctx, const struct token_claims *made)
{
    struct str token = {0};
    assert_int_equal(token_make(ctx->arena, keys, made, &token), OK);
    return token;
}

static void our_token_passes(void **state)
{
    struct ctx *ctx = *state;
    struct token_claims made = claims(), read;
    made.organisation = S("01920000-0000-7000-8000-000000000003");
    made.attributes[made.attributes_count++] = S("decider");
    struct str token = token_of(ctx, &made);
    assert_int_equal(token_verify(ctx->arena, keys, token, now_s, S("i"), S("a"), &read), OK);
    assert_str(read.role, "consultant");
    assert_str(read.organisation, "01920000-0000-7000-8000-000000000003");
    assert_str(read.attributes[0], "decider");
}

static void a_token_for_others_does_not(void **state)
{
    struct ctx *ctx = *state;
    struct token_claims read, made = claims();
    struct str token = token_of(ctx, &made);
    assert_int_equal(token_verify(ctx->arena, keys, token, now_s, S("j"), S("a"), &read), ERR_UNAUTHENTICATED);
    assert_int_equal(token_verify(ctx->arena, keys, token, now_s, S("i"), S("b"), &read), ERR_UNAUTHENTICATED);
}

static void time_counts(void **state)
{
    struct ctx *ctx = *state;
    struct token_claims expired = claims(), future = claims(), eternal = claims();
    expired.expires_s = now_s;
    future.issued_s = now_s + 61;
    eternal.expires_s = now_s + 2 * TOKEN_LIFE_MAX_S;
    assert_int_equal(verify(ctx, token_of(ctx, &expired)), ERR_UNAUTHENTICATED);
    assert_int_equal(verify(ctx, token_of(ctx, &future)), ERR_UNAUTHENTICATED);
    assert_int_equal(verify(ctx, token_of(ctx, &eternal)), ERR_UNAUTHENTICATED);
}

static void no_bit_may_change(void **state)
{
    struct ctx *ctx = *state;
    struct token_claims made = claims();
    struct str token = token_of(ctx, &made);
    char *copy = (char *)arena_copy(ctx->arena, token).at;
    for (size_t i = 0; i < token.len; i += 7) {
        copy[i] ^= 1;
        assert_int_equal(verify(ctx, (struct str){copy, token.len}), ERR_UNAUTHENTICATED);
        copy[i] ^= 1;
    }
    assert_int_equal(verify(ctx, (struct str){copy, token.len}), OK);
    assert_int_equal(verify(ctx, (struct str){copy, token.len - 1}), ERR_UNAUTHENTICATED);
}

static void base64url_has_one_form(void **state)
{
    struct ctx *ctx = *state;
    assert_str(base64url_encode(ctx->arena, S("ab?>")), "YWI_Pg");
    assert_str(base64url_decode(ctx->arena, S("YWI_Pg")), "ab?>");
    assert_null(base64url_decode(ctx->arena, S("YWI_Pg==")).at);
    assert_null(base64url_decode(ctx->arena, S("YWI_Ph")).at);
    assert_null(base64url_decode(ctx->arena, S("YWI/Pg")).at);
    assert_null(base64url_decode(ctx->arena, S("A")).at);
}

static void a_cursor_is_signed(void **state)
{
    struct ctx *ctx = *state;
    struct cursor made = {.sort = S("name"), .descending = true, .value = S("x\ny"), .key = S("k"),
                          .filters_hash = 7}, read;
    struct str text = cursor_print(ctx->arena, keys, &made);
    assert_int_equal(cursor_read(ctx->arena, keys, text, &read), OK);
    assert_str(read.value, "x\ny");
    assert_true(read.descending && read.filters_hash == 7);
    char *copy = (char *)arena_copy(ctx->arena, text).at;
    copy[text.len / 2] ^= 1;
    assert_int_equal(cursor_read(ctx->arena, keys, (struct str){copy, text.len}, &read), ERR_INVALID);
}

static void the_eleven_test(void **state)
{
    (void)state;
    assert_true(bsn_is_valid(S("999990019")));
    assert_false(bsn_is_valid(S("999990018")));
    assert_false(bsn_is_valid(S("000000000")));
    assert_false(bsn_is_valid(S("99999001")));
    assert_false(bsn_is_valid(S("99999001x")));
}

static void a_number_is_sealed_for_one_candidate(void **state)
{
    struct ctx *ctx = *state;
    struct bsn_sealed sealed, again;
    struct str opened;
    assert_int_equal(bsn_seal(ctx->arena, keys, S("999990019"), S("t1"), S("c1"), &sealed), OK);
    assert_int_equal(bsn_seal(ctx->arena, keys, S("999990019"), S("t1"), S("c2"), &again), OK);
    assert_true(str_equal(sealed.blind_index, again.blind_index));
    assert_false(str_equal(sealed.ciphertext, again.ciphertext));
    assert_int_equal(bsn_open(ctx->arena, keys, &sealed, S("t1"), S("c1"), &opened), OK);
    assert_str(opened, "999990019");
    assert_int_equal(bsn_open(ctx->arena, keys, &sealed, S("t1"), S("c2"), &opened), ERR_INVALID);
    assert_false(str_equal(sealed.blind_index, bsn_blind_index(ctx->arena, keys, S("t2"), S("999990019"))));
}

static void a_remembered_token_is_forgotten_in_time(void **state)
{
    (void)state;
    struct token_cache *cache = token_cache_new(sizeof(int));
    *(int *)token_cache_put(cache, S("token"), 100) = 7;
    assert_int_equal(*(int *)token_cache_find(cache, S("token"), 99), 7);
    assert_null(token_cache_find(cache, S("token"), 100));
    assert_null(token_cache_find(cache, S("tokem"), 99));
    token_cache_free(cache);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        UNIT(our_token_passes), UNIT(a_token_for_others_does_not), UNIT(time_counts), UNIT(no_bit_may_change),
        UNIT(base64url_has_one_form), UNIT(a_cursor_is_signed), UNIT(the_eleven_test),
        UNIT(a_number_is_sealed_for_one_candidate), UNIT(a_remembered_token_is_forgotten_in_time),
    };
    return cmocka_run_group_tests(tests, make_keys, free_keys);
}
