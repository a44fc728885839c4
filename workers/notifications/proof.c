/* SPDX-License-Identifier: EUPL-1.2 */
/* A part of an HMAC (RFC 2104). */
#include "workers/notifications/proof.h"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>

#include "lib/base/hex.h"

struct str proof_of(struct arena *arena, const char key[SECRET_ROOM], struct str number)
{
    struct buf out = buf_in(arena);
    unsigned char digest[EVP_MAX_MD_SIZE];
    if (!HMAC(EVP_sha256(), key, (int)strlen(key), (const unsigned char *)number.at, number.len,
              digest, NULL))
        abort();
    hex_add(&out, digest, PROOF_LEN / 2);
    return buf_str(&out);
}

bool proof_fits(struct arena *arena, const char key[SECRET_ROOM], struct str number,
                struct str given)
{
    struct str wanted = proof_of(arena, key, number);
    return given.len == wanted.len && CRYPTO_memcmp(given.at, wanted.at, wanted.len) == 0;
}
