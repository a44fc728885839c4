/* SPDX-License-Identifier: EUPL-1.2 */
/* Tokens: ours pass; forged, changed, cut or badly made ones do not, even when
 * the signature is good. */
#include "tests/unit/auth/auth.h"

#include <openssl/ec.h>
#include <openssl/hmac.h>
#include <openssl/pem.h>
#include <openssl/x509.h>

#include "lib/auth/token.h"
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

static struct str good(struct ctx *ctx)
{
    return sign(ctx, keys->issuer, header_of(ctx, keys), S(GOOD));
}

static void what_is_made_is_read(void **state)
{
    struct ctx *ctx = *state;
    struct token_claims got = {0}, made = {.issuer = S("i"),
                                           .audience = S("a"),
                                           .subject = S(SUB),
                                           .tenant = S(TENANT),
                                           .role = S("consultant"),
                                           .organisation = S(ORG),
                                           .token_id = S("t\"1"),
                                           .issued_s = NOW_S,
                                           .expires_s = NOW_S + 900,
                                           .has_attributes = true};
    struct str token = {0};
    for (; made.attributes_count < LIMIT_ATTRIBUTES; made.attributes_count++)
        made.attributes[made.attributes_count] =
            arena_print(ctx->arena, "x%zu", made.attributes_count);
    assert_int_equal(token_make(ctx->arena, keys, &made, &token), OK);
    assert_int_equal(token_verify(ctx->arena, keys, token, NOW_S, S("i"), S("a"), &got), OK);
    assert_true(str_equal(got.issuer, made.issuer) && str_equal(got.audience, made.audience));
    assert_true(str_equal(got.subject, made.subject) && str_equal(got.tenant, made.tenant));
    assert_true(str_equal(got.role, made.role) && str_equal(got.organisation, made.organisation));
    assert_true(str_equal(got.token_id, made.token_id));
    assert_true(got.issued_s == made.issued_s && got.expires_s == made.expires_s);
    assert_int_equal(got.attributes_count, LIMIT_ATTRIBUTES);
    assert_str(got.attributes[7], "x7");
}

static void without_private_key_it_verifies_only(void **state)
{
    struct ctx *ctx = *state;
    struct keys public_only = *keys;
    struct token_claims claims = {.issuer = S("i")};
    struct str token = S("untouched");
    public_only.issuer = NULL;
    assert_int_equal(token_make(ctx->arena, &public_only, &claims, &token), ERR_UNAVAILABLE);
    assert_str(token, "untouched");
    assert_int_equal(verify(ctx, &public_only, good(ctx)), OK);
    assert_int_equal(verify(ctx, other_keys, good(ctx)), ERR_UNAUTHENTICATED);
}

static const char *headers[] = {
    "{\"alg\":\"none\",\"typ\":\"at+jwt\",\"kid\":\"%s\"}",
    "{\"alg\":\"HS256\",\"typ\":\"at+jwt\",\"kid\":\"%s\"}",
    "{\"alg\":\"ES384\",\"typ\":\"at+jwt\",\"kid\":\"%s\"}",
    "{\"alg\":\"es256\",\"typ\":\"at+jwt\",\"kid\":\"%s\"}",
    "{\"alg\":[\"ES256\"],\"typ\":\"at+jwt\",\"kid\":\"%s\"}",
    "{\"typ\":\"at+jwt\",\"kid\":\"%s\"}",
    "{\"alg\":\"ES256\",\"typ\":\"JWT\",\"kid\":\"%s\"}",
    "{\"alg\":\"ES256\",\"typ\":\"application/jwt\",\"kid\":\"%s\"}",
    "{\"alg\":\"ES256\",\"typ\":\"application/\",\"kid\":\"%s\"}",
    "{\"alg\":\"ES256\",\"kid\":\"%s\"}",
    "{\"ALG\":\"ES256\",\"typ\":\"at+jwt\",\"kid\":\"%s\"}",
    "{\"alg\":\"ES256\",\"typ\":\"at+jwt\",\"kid\":\"%s\",\"crit\":[]}",
    "{\"alg\":\"ES256\",\"typ\":\"at+jwt\",\"kid\":\"%s\",\"crit\":null}",
    "{\"alg\":\"none\",\"alg\":\"ES256\",\"typ\":\"at+jwt\",\"kid\":\"%s\"}",
    "{\"alg\":\"ES256\",\"alg\":\"ES256\",\"typ\":\"at+jwt\",\"kid\":\"%s\"}",
    "{\"alg\":\"ES256\",\"\\u0061lg\":\"none\",\"typ\":\"at+jwt\",\"kid\":\"%s\"}",
    "{\"alg\":\"ES256\\u0000\",\"typ\":\"at+jwt\",\"kid\":\"%s\"}",
    "{\"alg\":\"ES256\",\"typ\":\"at+jwt\",\"kid\":\"%s\"}x",
    "{\"alg\":\"ES256\",\"typ\":\"at+jwt\",\"kid\":\"%s \"}",
    "[{\"alg\":\"ES256\",\"typ\":\"at+jwt\",\"kid\":\"%s\"}]",
};

static void headers_that_are_refused(void **state)
{
    struct ctx *ctx = *state;
    for (size_t i = 0; i < sizeof headers / sizeof *headers; i++) {
        struct str parts = str_of(headers[i]), kid = str_of(keys->issuer_kid);
        struct buf text = buf_in(ctx->arena);
        buf_add(&text, str_cut(&parts, '%'));
        buf_add(&text, kid);
        buf_add(&text, str_from(parts, 1));
        assert_refused(ctx, sign(ctx, keys->issuer, buf_str(&text), S(GOOD)));
    }
    assert_int_equal(verify(ctx, keys, good(ctx)), OK);
}

/* RFC 9068 section 4, RFC 7519 section 4.1.3. */
static void attack_21_other_spellings_are_accepted(void **state)
{
    struct ctx *ctx = *state;
    static const char *const types[] = {"at+jwt", "AT+JWT", "application/at+jwt",
                                        "Application/At+Jwt"};
    for (size_t i = 0; i < sizeof types / sizeof *types; i++) {
        struct str header =
            arena_print(ctx->arena, "{\"alg\":\"ES256\",\"typ\":\"%s\",\"kid\":\"%s\"}", types[i],
                        keys->issuer_kid);
        assert_int_equal(verify(ctx, keys, sign(ctx, keys->issuer, header, S(GOOD))), OK);
    }
    struct str listed = S("{\"iss\":\"i\",\"aud\":[\"other\",\"a\"],\"sub\":\"" SUB
                          "\",\"tenant\":\"" TENANT "\"" ROLE LISTED "," TIMES "}");
    assert_int_equal(verify(ctx, keys, sign(ctx, keys->issuer, header_of(ctx, keys), listed)), OK);
}

#define BINDING(issuer, tenant, role) \
    "{\"issuer\":\"" issuer "\",\"tenants\":[\"" tenant "\"],\"roles\":[\"coach\",\"" role "\"]}"

/* A key is good for the issuer, the municipalities and the roles that its binding names. */
static void attack_10_a_key_is_bound(void **state)
{
    struct ctx *ctx = *state;
    static const struct {
        struct str binding;
        enum err err;
    } bindings[] = {
        {{BINDING("i", TENANT, "consultant"), sizeof BINDING("i", TENANT, "consultant") - 1}, OK},
        {{BINDING("j", TENANT, "consultant"), sizeof BINDING("j", TENANT, "consultant") - 1},
         ERR_UNAUTHENTICATED},
        {{BINDING("i", SUB, "consultant"), sizeof BINDING("i", SUB, "consultant") - 1},
         ERR_UNAUTHENTICATED},
        {{BINDING("i", TENANT, "firm"), sizeof BINDING("i", TENANT, "firm") - 1},
         ERR_UNAUTHENTICATED},
    };
    struct str token = sign(ctx, keys->issuer, header_of(ctx, keys), S(GOOD));
    for (size_t i = 0; i < sizeof bindings / sizeof *bindings; i++) {
        struct keys bound = *keys;
        assert_int_equal(json_parse(ctx, bindings[i].binding, &bound.public_keys[0].binding), OK);
        assert_int_equal(verify(ctx, &bound, token), bindings[i].err);
        assert_false(keys_are_bound(&bound)); /* there is a local issuer */
        bound.has_issuer = false;
        bound.public_keys[0].local = false;
        assert_true(keys_are_bound(&bound));
    }
}

static void unknown_kid(void **state)
{
    static const struct str unknown[] = {
        S("{\"alg\":\"ES256\",\"typ\":\"at+jwt\",\"kid\":\"0000000000000000\"}"),
        S("{\"alg\":\"ES256\",\"typ\":\"at+jwt\",\"kid\":\"../issuer.pub.pem\"}"),
        S("{\"alg\":\"ES256\",\"typ\":\"at+jwt\",\"kid\":\"\"}"),
        S("{\"alg\":\"ES256\",\"typ\":\"at+jwt\",\"kid\":null}"),
        S("{\"alg\":\"ES256\",\"typ\":\"at+jwt\"}"),
        S("{}"),
        S("null"),
        S(""),
    };
    struct ctx *ctx = *state;
    for (size_t i = 0; i < sizeof unknown / sizeof *unknown; i++)
        assert_refused(ctx, sign(ctx, keys->issuer, unknown[i], S(GOOD)));
    assert_refused(ctx, sign(ctx, other_keys->issuer, header_of(ctx, keys),
                             S(GOOD))); /* our kid, another's key */
}

static struct str hs256(struct ctx *ctx, struct str text, const void *key, long key_length)
{
    unsigned char mac[EVP_MAX_MD_SIZE];
    HMAC(EVP_sha256(), key, (int)key_length, (const unsigned char *)text.at, text.len, mac, NULL);
    return signature_join(ctx, text, (struct str){(char *)mac, 32});
}

/* The public key is known to everybody; it must not serve as the secret of an HMAC. */
static void hs256_with_the_public_key(void **state)
{
    struct ctx *ctx = *state;
    struct str claimed =
        arena_print(ctx->arena, "{\"alg\":\"HS256\",\"typ\":\"at+jwt\",\"kid\":\"%s\"}",
                    keys->issuer_kid);
    struct str text = parts_join(ctx, claimed, S(GOOD)),
               ours = parts_join(ctx, header_of(ctx, keys), S(GOOD));
    BIO *memory = BIO_new(BIO_s_mem());
    char *pem = NULL;
    unsigned char *der = NULL;
    assert_true(memory && PEM_write_bio_PUBKEY(memory, keys->public_keys[0].key));
    long pem_length = BIO_get_mem_data(memory, &pem);
    int der_length = i2d_PUBKEY(keys->public_keys[0].key, &der);
    assert_refused(ctx, hs256(ctx, text, pem, pem_length));
    assert_refused(ctx, hs256(ctx, ours, pem, pem_length));
    assert_refused(ctx, hs256(ctx, text, der, der_length));
    assert_refused(ctx, hs256(ctx, ours, der, der_length));
    OPENSSL_free(der);
    BIO_free(memory);
}

static void alg_none(void **state)
{
    struct ctx *ctx = *state;
    struct str none = parts_join(ctx, S("{\"alg\":\"none\",\"typ\":\"at+jwt\"}"), S(GOOD));
    struct str ours = parts_join(ctx, header_of(ctx, keys), S(GOOD));
    assert_refused(ctx, none);
    assert_refused(ctx, ours);
    assert_refused(ctx, arena_print(ctx->arena, "%.*s.", STR_ARG(none)));
    assert_refused(ctx, arena_print(ctx->arena, "%.*s.", STR_ARG(ours)));
}

static void signatures_that_are_refused(void **state)
{
    struct ctx *ctx = *state;
    struct str text = parts_join(ctx, header_of(ctx, keys), S(GOOD));
    unsigned char raw[SIGNATURE_LEN + 1] = {0}, der[128];
    size_t length = sizeof der;
    char *bytes = (char *)raw;
    assert_refused(ctx,
                   signature_join(ctx, text, (struct str){bytes, SIGNATURE_LEN})); /* r = s = 0 */
    memset(raw, 0xff, sizeof raw);
    assert_refused(ctx, signature_join(ctx, text, (struct str){bytes, SIGNATURE_LEN}));
    assert_true(signature_make(keys->issuer, text, raw));
    assert_int_equal(verify(ctx, keys,
                            signature_join(ctx, text, (struct str){bytes, SIGNATURE_LEN})),
                     OK);
    for (size_t i = 0; i <= SIGNATURE_LEN + 1; i++)
        if (i != SIGNATURE_LEN)
            assert_refused(ctx, signature_join(ctx, text, (struct str){bytes, i}));
    EVP_MD_CTX *digest = EVP_MD_CTX_new();
    assert_true(EVP_DigestSignInit(digest, NULL, EVP_sha256(), NULL, keys->issuer) == 1
                && EVP_DigestSign(digest, der, &length, (const unsigned char *)text.at, text.len)
                       == 1);
    EVP_MD_CTX_free(digest);
    assert_refused(ctx, signature_join(ctx, text, (struct str){(char *)der, length}));
}

/* Four bits of the last character of a signature mean nothing, hence must be zero. */
static void base64_has_one_form(void **state)
{
    static const char alphabet[] =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    struct ctx *ctx = *state;
    struct str token = good(ctx);
    char *copy = writable(ctx, token);
    size_t value = (size_t)(strchr(alphabet, copy[token.len - 1]) - alphabet);
    assert_int_equal(value % 16, 0);
    for (size_t i = 1; i < 16; i++) {
        copy[token.len - 1] = alphabet[value + i];
        assert_refused(ctx, (struct str){copy, token.len});
    }
    assert_refused(ctx, arena_print(ctx->arena, "%.*s==", STR_ARG(token)));
    assert_refused(ctx, arena_print(ctx->arena, "%.*s\n", STR_ARG(token)));
    assert_refused(ctx, arena_print(ctx->arena, " %.*s", STR_ARG(token)));
}

static void three_parts_in_their_order(void **state)
{
    static const char *orders[] = {"021", "102",  "120",  "201",  "210",  "01", "12",
                                   "0",   "0122", "0012", "012.", ".012", "..", ""};
    struct ctx *ctx = *state;
    struct str rest = good(ctx), parts[3];
    for (size_t i = 0; i < 3; i++)
        parts[i] = str_cut(&rest, '.');
    for (size_t i = 0; i < sizeof orders / sizeof *orders; i++) {
        struct buf token = buf_in(ctx->arena);
        for (const char *c = orders[i]; *c; c++) {
            if (c > orders[i] || *c == '.')
                buf_add_char(&token, '.');
            if (*c != '.')
                buf_add(&token, parts[*c - '0']);
        }
        assert_refused(ctx, buf_str(&token));
    }
}

static void every_character_counts(void **state)
{
    struct ctx *ctx = *state;
    struct str token = good(ctx);
    char *copy = writable(ctx, token);
    for (size_t i = 0; i < token.len; i++) {
        assert_refused(ctx, (struct str){token.at, i});
        copy[i] = (char)(copy[i] ^ 2);
        assert_refused(ctx, (struct str){copy, token.len});
        copy[i] = token.at[i];
    }
    assert_int_equal(verify(ctx, keys, token), OK);
    assert_refused(ctx, (struct str){0});
}

/* The body of one token behind the signature of another. */
static void parts_of_two_tokens(void **state)
{
    struct ctx *ctx = *state;
    struct str first = good(ctx), rest, head, body, signature;
    struct str second = sign(ctx, keys->issuer, header_of(ctx, keys),
                             S("{" HEAD ",\"role\":\"admin\"" LISTED "," TIMES "}"));
    assert_int_equal(verify(ctx, keys, second), OK);
    rest = second;
    head = str_cut(&rest, '.');
    body = str_cut(&rest, '.');
    rest = first;
    str_cut(&rest, '.');
    str_cut(&rest, '.');
    signature = rest;
    assert_refused(ctx, arena_print(ctx->arena, "%.*s.%.*s.%.*s", STR_ARG(head), STR_ARG(body),
                                    STR_ARG(signature)));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        UNIT(what_is_made_is_read),
        UNIT(without_private_key_it_verifies_only),
        UNIT(headers_that_are_refused),
        UNIT(unknown_kid),
        UNIT(attack_21_other_spellings_are_accepted),
        UNIT(attack_10_a_key_is_bound),
        UNIT(hs256_with_the_public_key),
        UNIT(alg_none),
        UNIT(signatures_that_are_refused),
        UNIT(base64_has_one_form),
        UNIT(three_parts_in_their_order),
        UNIT(every_character_counts),
        UNIT(parts_of_two_tokens),
    };
    return cmocka_run_group_tests(tests, start, end);
}
