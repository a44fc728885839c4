/* SPDX-License-Identifier: EUPL-1.2 */
/* ES256: ECDSA with P-256 and SHA-256, r and s of 32 bytes each (RFC 7518 section 3.4). */
#ifndef MAATWERK_AUTH_SIGNATURE_H
#define MAATWERK_AUTH_SIGNATURE_H

#include <openssl/evp.h>

#include "lib/base/arena.h"
#include "lib/base/err.h"

enum { SIGNATURE_LEN = 64 };

/* Signs `text`. Returns false when OpenSSL fails. */
bool signature_make(EVP_PKEY *key, struct str text, unsigned char into[SIGNATURE_LEN]) MUST_CHECK;

/* Whether this is the signature of `text` by the owner of this key. */
bool signature_verify(EVP_PKEY *key, struct str text, struct str signature) MUST_CHECK;

#endif
