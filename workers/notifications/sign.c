/* SPDX-License-Identifier: EUPL-1.2 */
/* OpenSSL signs; base64 is that of RFC 4648. */
#include "workers/notifications/sign.h"

#include <openssl/evp.h>
#include <openssl/hmac.h>

#include "lib/auth/base64url.h"
#include "lib/base/uuid.h"

enum { KEY_MOST = 64, SEED = 32, SIGNATURE = 64 };

static struct str base64(struct arena *arena, const unsigned char *bytes, size_t count)
{
    unsigned char *text = arena_alloc(arena, count / 3 * 4 + 5);
    int length = EVP_EncodeBlock(text, bytes, (int)count);
    return (struct str){(const char *)text, (size_t)length};
}

/* Decodes a key; returns how many bytes it has, 0 when it is none. */
static size_t read_key(struct str text, unsigned char key[KEY_MOST])
{
    unsigned char bytes[KEY_MOST * 2];
    if (text.len == 0 || text.len % 4 || text.len > KEY_MOST * 4 / 3 + 4)
        return 0;
    int length = EVP_DecodeBlock(bytes, (const unsigned char *)text.at, (int)text.len);
    for (size_t i = text.len; length > 0 && i > text.len - 2 && text.at[i - 1] == '='; i--)
        length--;
    if (length < 1 || length > KEY_MOST)
        return 0;
    memcpy(key, bytes, (size_t)length);
    return (size_t)length;
}

static struct str hmac(struct str key, struct str text, unsigned char out[EVP_MAX_MD_SIZE])
{
    unsigned int length = 0;
    if (!HMAC(EVP_sha256(), key.at, (int)key.len, (const unsigned char *)text.at, text.len, out,
              &length))
        abort();
    return (struct str){(const char *)out, length};
}

static struct str sign_v1(struct arena *arena, struct str key, struct str text)
{
    unsigned char out[EVP_MAX_MD_SIZE];
    struct str signature = hmac(key, text, out);
    struct str encoded = base64(arena, (const unsigned char *)signature.at, signature.len);
    return arena_print(arena, "v1,%.*s", STR_ARG(encoded));
}

static struct str sign_v1a(struct arena *arena, struct str seed, struct str text)
{
    unsigned char out[SIGNATURE];
    size_t length = sizeof out;
    EVP_PKEY *key =
        EVP_PKEY_new_raw_private_key(EVP_PKEY_ED25519, NULL, (const unsigned char *)seed.at, SEED);
    EVP_MD_CTX *context = EVP_MD_CTX_new();
    if (!key || !context || EVP_DigestSignInit(context, NULL, NULL, NULL, key) != 1
        || EVP_DigestSign(context, out, &length, (const unsigned char *)text.at, text.len) != 1)
        abort();
    EVP_MD_CTX_free(context);
    EVP_PKEY_free(key);
    struct str encoded = base64(arena, out, length);
    return arena_print(arena, "v1a,%.*s", STR_ARG(encoded));
}

struct str sign_webhook(struct arena *arena, struct str key, struct str text)
{
    unsigned char bytes[KEY_MOST];
    struct str signature = {0};
    bool shared = str_has_prefix(key, S("whsec_")), own = str_has_prefix(key, S("whsk_"));
    size_t count = shared || own ? read_key(str_from(key, shared ? 6 : 5), bytes) : 0;
    if (shared && count >= 24)
        signature = sign_v1(arena, (struct str){(const char *)bytes, count}, text);
    else if (own && (count == SEED || count == 2 * SEED))
        signature = sign_v1a(arena, (struct str){(const char *)bytes, SEED}, text);
    explicit_bzero(bytes, sizeof bytes);
    return signature;
}

struct str sign_notify(struct arena *arena, struct str key, struct str issued)
{
    enum { ENDS = 2 * UUID_TEXT_LEN + 1 };
    unsigned char out[EVP_MAX_MD_SIZE];
    struct uuid service, secret;
    if (key.len < ENDS)
        return (struct str){0};
    struct str ends = str_from(key, key.len - ENDS);
    struct str first = {ends.at, UUID_TEXT_LEN}, last = str_from(ends, UUID_TEXT_LEN + 1);
    if (!uuid_read(first, &service) || !uuid_read(last, &secret))
        return (struct str){0};
    struct str head = base64url_encode(arena, S("{\"typ\":\"JWT\",\"alg\":\"HS256\"}"));
    struct str claims =
        base64url_encode(arena, arena_print(arena, "{\"iss\":\"%.*s\",\"iat\":%.*s}",
                                            STR_ARG(first), STR_ARG(issued)));
    struct str signed_text = arena_print(arena, "%.*s.%.*s", STR_ARG(head), STR_ARG(claims));
    struct str signature = base64url_encode(arena, hmac(last, signed_text, out));
    return arena_print(arena, "%.*s.%.*s", STR_ARG(signed_text), STR_ARG(signature));
}
