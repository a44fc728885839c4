/* SPDX-License-Identifier: EUPL-1.2 */
/* nonce │ encrypted: key, line break, value │ tag. The owner is authenticated with it. The nonce is a
 * keyed hash of everything else: it is the same only when the whole cursor is the same. */
#include "lib/auth/cursor.h"

#include <openssl/crypto.h>
#include <openssl/hmac.h>

#include "lib/auth/base64url.h"

enum { NONCE_LEN = 12, TAG_LEN = 16 };

/* One key of the installation gives a key for each purpose. */
static void derive(const unsigned char key[KEY_BYTES], struct str purpose,
                   unsigned char into[EVP_MAX_MD_SIZE])
{
    HMAC(EVP_sha256(), key, KEY_BYTES, (const unsigned char *)purpose.at, purpose.len, into, NULL);
}

static void make_nonce(struct arena *arena, const unsigned char key[KEY_BYTES], struct str owner,
                       struct str plain, unsigned char into[EVP_MAX_MD_SIZE])
{
    unsigned char own[EVP_MAX_MD_SIZE];
    struct str text =
        arena_print(arena, "%zu\n%.*s%.*s", owner.len, STR_ARG(owner), STR_ARG(plain));
    derive(key, S("nonce"), own);
    HMAC(EVP_sha256(), own, KEY_BYTES, (const unsigned char *)text.at, text.len, into, NULL);
    OPENSSL_cleanse(own, sizeof own);
}

/* A cipher that has the nonce and knows the owner. NULL when there is no memory. */
static EVP_CIPHER_CTX *begin(const unsigned char key[KEY_BYTES], const unsigned char *nonce,
                             struct str owner, int encrypts)
{
    unsigned char own[EVP_MAX_MD_SIZE];
    int length = 0;
    EVP_CIPHER_CTX *cipher = EVP_CIPHER_CTX_new();
    derive(key, S("seal"), own);
    bool begun =
        cipher && EVP_CipherInit_ex(cipher, EVP_aes_256_gcm(), NULL, own, nonce, encrypts)
        && EVP_CipherUpdate(cipher, NULL, &length, (const unsigned char *)owner.at, (int)owner.len);
    OPENSSL_cleanse(own, sizeof own);
    if (begun)
        return cipher;
    EVP_CIPHER_CTX_free(cipher);
    return NULL;
}

struct str cursor_print(struct arena *arena, const struct keys *keys, struct str owner,
                        const struct cursor *cursor)
{
    unsigned char nonce[EVP_MAX_MD_SIZE];
    struct str plain =
        arena_print(arena, "%.*s\n%.*s", STR_ARG(cursor->key), STR_ARG(cursor->value));
    unsigned char *whole = arena_alloc(arena, NONCE_LEN + plain.len + TAG_LEN);
    int length = 0;
    make_nonce(arena, keys->cursor, owner, plain, nonce);
    memcpy(whole, nonce, NONCE_LEN);
    EVP_CIPHER_CTX *cipher = begin(keys->cursor, nonce, owner, 1);
    if (!cipher
        || !EVP_EncryptUpdate(cipher, whole + NONCE_LEN, &length, (const unsigned char *)plain.at,
                              (int)plain.len)
        || !EVP_EncryptFinal_ex(cipher, whole + NONCE_LEN + plain.len, &length)
        || !EVP_CIPHER_CTX_ctrl(cipher, EVP_CTRL_GCM_GET_TAG, TAG_LEN,
                                whole + NONCE_LEN + plain.len))
        abort(); /* only without memory */
    EVP_CIPHER_CTX_free(cipher);
    return base64url_encode(arena, (struct str){(char *)whole, NONCE_LEN + plain.len + TAG_LEN});
}

/* Decrypts with this key. Absent when it was not encrypted with this key for this owner. */
static struct str open_with(struct arena *arena, const unsigned char key[KEY_BYTES],
                            struct str owner, struct str whole)
{
    size_t count = whole.len - NONCE_LEN - TAG_LEN;
    const unsigned char *nonce = (const unsigned char *)whole.at;
    unsigned char *plain = arena_alloc(arena, count + 1), tag[TAG_LEN];
    int length = 0;
    memcpy(tag, whole.at + NONCE_LEN + count, TAG_LEN);
    EVP_CIPHER_CTX *cipher = begin(key, nonce, owner, 0);
    bool opened = cipher && EVP_DecryptUpdate(cipher, plain, &length, nonce + NONCE_LEN, (int)count)
                  && EVP_CIPHER_CTX_ctrl(cipher, EVP_CTRL_GCM_SET_TAG, TAG_LEN, tag)
                  && EVP_DecryptFinal_ex(cipher, plain + count, &length);
    EVP_CIPHER_CTX_free(cipher);
    plain[opened ? count : 0] = 0;
    return opened ? (struct str){(char *)plain, count} : (struct str){0};
}

enum err cursor_read(struct arena *arena, const struct keys *keys, struct str owner,
                     struct str text, struct cursor *ret)
{
    if (text.len > LIMIT_CURSOR)
        return ERR_INVALID;
    struct str whole = base64url_decode(arena, text);
    if (!whole.at || whole.len < NONCE_LEN + TAG_LEN)
        return ERR_INVALID;
    struct str plain = open_with(arena, keys->cursor, owner, whole);
    if (!plain.at && keys->has_cursor_before)
        plain = open_with(arena, keys->cursor_before, owner, whole);
    if (!plain.at)
        return ERR_INVALID;
    struct str key = str_cut(&plain, '\n');
    if (!plain.at)
        return ERR_INVALID;
    *ret = (struct cursor){.value = plain, .key = arena_copy(arena, key)};
    return OK;
}
