/* SPDX-License-Identifier: EUPL-1.2 */
/* Eleven-test, encryption, blind index. */
#include "lib/auth/bsn.h"

#include <openssl/hmac.h>
#include <openssl/rand.h>

#include "lib/base/hex.h"

enum { NONCE_LEN = 12, TAG_LEN = 16, BSN_LEN = 9 };

bool bsn_is_valid(struct str bsn)
{
    int sum = 0, digits = 0;
    if (bsn.len != BSN_LEN)
        return false;
    for (int i = 0; i < BSN_LEN; i++) {
        int digit = bsn.at[i] - '0';
        if (digit < 0 || digit > 9)
            return false;
        sum += digit * (i == BSN_LEN - 1 ? -1 : BSN_LEN - i);
        digits += digit;
    }
    return digits > 0 && sum % 11 == 0;
}

/* The text form of bytea: "\x00ff". */
static struct str print_bytes(struct arena *arena, const unsigned char *bytes, size_t count)
{
    struct buf out = buf_in(arena);
    buf_add(&out, S("\\x"));
    hex_add(&out, bytes, count);
    return buf_str(&out);
}

static bool read_bytes(struct str text, unsigned char *into, size_t count)
{
    return str_has_prefix(text, S("\\x")) && hex_read(str_from(text, 2), into, count);
}

static struct str context_of(struct arena *arena, struct str tenant_id, struct str candidate_id)
{
    return arena_print(arena, "%.*s|%.*s", STR_ARG(tenant_id), STR_ARG(candidate_id));
}

enum err bsn_seal(struct arena *arena, const struct keys *keys, struct str bsn,
                  struct str tenant_id, struct str candidate_id, struct bsn_sealed *ret)
{
    unsigned char nonce[NONCE_LEN], text[BSN_LEN + TAG_LEN];
    struct str context = context_of(arena, tenant_id, candidate_id);
    int length = 0;
    EVP_CIPHER_CTX *cipher = EVP_CIPHER_CTX_new();
    bool made =
        cipher && bsn.len == BSN_LEN && RAND_bytes(nonce, NONCE_LEN) == 1
        && EVP_EncryptInit_ex(cipher, EVP_aes_256_gcm(), NULL, keys->bsn, nonce) == 1
        && EVP_EncryptUpdate(cipher, NULL, &length, (const unsigned char *)context.at,
                             (int)context.len)
               == 1
        && EVP_EncryptUpdate(cipher, text, &length, (const unsigned char *)bsn.at, BSN_LEN) == 1
        && EVP_EncryptFinal_ex(cipher, text + length, &length) == 1
        && EVP_CIPHER_CTX_ctrl(cipher, EVP_CTRL_GCM_GET_TAG, TAG_LEN, text + BSN_LEN) == 1;
    EVP_CIPHER_CTX_free(cipher);
    if (!made)
        return ERR_INTERNAL;
    *ret = (struct bsn_sealed){print_bytes(arena, nonce, NONCE_LEN),
                               print_bytes(arena, text, sizeof text),
                               bsn_blind_index(arena, keys, tenant_id, bsn)};
    return OK;
}

enum err bsn_open(struct arena *arena, const struct keys *keys, const struct bsn_sealed *sealed,
                  struct str tenant_id, struct str candidate_id, struct str *ret)
{
    unsigned char nonce[NONCE_LEN], text[BSN_LEN + TAG_LEN];
    struct str context = context_of(arena, tenant_id, candidate_id);
    char *bsn = arena_alloc(arena, BSN_LEN + 1);
    int length = 0;
    if (!read_bytes(sealed->nonce, nonce, NONCE_LEN)
        || !read_bytes(sealed->ciphertext, text, sizeof text))
        return ERR_INVALID;
    EVP_CIPHER_CTX *cipher = EVP_CIPHER_CTX_new();
    bool opened = cipher
                  && EVP_DecryptInit_ex(cipher, EVP_aes_256_gcm(), NULL, keys->bsn, nonce) == 1
                  && EVP_DecryptUpdate(cipher, NULL, &length, (const unsigned char *)context.at,
                                       (int)context.len)
                         == 1
                  && EVP_DecryptUpdate(cipher, (unsigned char *)bsn, &length, text, BSN_LEN) == 1
                  && EVP_CIPHER_CTX_ctrl(cipher, EVP_CTRL_GCM_SET_TAG, TAG_LEN, text + BSN_LEN) == 1
                  && EVP_DecryptFinal_ex(cipher, (unsigned char *)bsn + length, &length) == 1;
    EVP_CIPHER_CTX_free(cipher);
    if (!opened)
        return ERR_INVALID;
    *ret = (struct str){bsn, BSN_LEN};
    return OK;
}

struct str bsn_blind_index(struct arena *arena, const struct keys *keys, struct str tenant_id,
                           struct str bsn)
{
    unsigned char digest[EVP_MAX_MD_SIZE];
    struct str text = arena_print(arena, "%.*s|%.*s", STR_ARG(tenant_id), STR_ARG(bsn));
    HMAC(EVP_sha256(), keys->bsn_index, KEY_BYTES, (const unsigned char *)text.at, text.len, digest,
         NULL);
    return print_bytes(arena, digest, 32);
}
