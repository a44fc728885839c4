/* SPDX-License-Identifier: EUPL-1.2 */
/* OpenSSL encodes a signature as DER, a token as r and s. */
#include "lib/auth/signature.h"

#include <openssl/ecdsa.h>

bool signature_make(EVP_PKEY *key, struct str text, unsigned char into[SIGNATURE_LEN])
{
    unsigned char der[128];
    size_t length = sizeof der;
    EVP_MD_CTX *sign = EVP_MD_CTX_new();
    bool made =
        sign && EVP_DigestSignInit(sign, NULL, EVP_sha256(), NULL, key) == 1
        && EVP_DigestSign(sign, der, &length, (const unsigned char *)text.at, text.len) == 1;
    EVP_MD_CTX_free(sign);
    const unsigned char *at = der;
    ECDSA_SIG *pair = made ? d2i_ECDSA_SIG(NULL, &at, (long)length) : NULL;
    made = pair && BN_bn2binpad(ECDSA_SIG_get0_r(pair), into, 32) == 32
           && BN_bn2binpad(ECDSA_SIG_get0_s(pair), into + 32, 32) == 32;
    ECDSA_SIG_free(pair);
    return made;
}

/* Encodes the signature as DER; the caller frees *der. Returns its length, 0 when that is not
 * possible. */
static size_t to_der(struct str signature, unsigned char **der)
{
    const unsigned char *bytes = (const unsigned char *)signature.at;
    ECDSA_SIG *pair = ECDSA_SIG_new();
    BIGNUM *r = BN_bin2bn(bytes, 32, NULL), *s = BN_bin2bn(bytes + 32, 32, NULL);
    int length = 0;
    if (pair && r && s && ECDSA_SIG_set0(pair, r, s) == 1) {
        length = i2d_ECDSA_SIG(pair, der);
    } else {
        BN_free(r);
        BN_free(s);
    }
    ECDSA_SIG_free(pair);
    return length > 0 ? (size_t)length : 0;
}

bool signature_verify(EVP_PKEY *key, struct str text, struct str signature)
{
    unsigned char *der = NULL;
    if (signature.len != SIGNATURE_LEN)
        return false;
    size_t length = to_der(signature, &der);
    EVP_MD_CTX *verify = EVP_MD_CTX_new();
    bool good =
        length > 0 && verify && EVP_DigestVerifyInit(verify, NULL, EVP_sha256(), NULL, key) == 1
        && EVP_DigestVerify(verify, der, length, (const unsigned char *)text.at, text.len) == 1;
    EVP_MD_CTX_free(verify);
    OPENSSL_free(der);
    return good;
}
