/* SPDX-License-Identifier: EUPL-1.2 */
/* The keys of an installation: a folder of files that only its programs can read.
 *
 *   issuer.pem       P-256 private key of the local issuer; only where `maatwerk token` may run
 *   *.pub.pem        P-256 public keys whose tokens are accepted; their kid is a hash of the key
 *   bsn.key          32 bytes: encrypts citizen service numbers
 *   bsn-index.key    32 bytes: makes them findable
 *   cursor.key       32 bytes: signs cursors of lists
 */
#ifndef MAATWERK_AUTH_KEYS_H
#define MAATWERK_AUTH_KEYS_H

#include <openssl/evp.h>

#include "lib/base/err.h"
#include "lib/base/str.h"

enum { KEYS_PUBLIC_MAX = 16, KEY_BYTES = 32, KID_LEN = 16 };

struct keys {
    EVP_PKEY *issuer; /* NULL when tokens can be verified but not made */
    char issuer_kid[KID_LEN + 1];
    struct public_key {
        char kid[KID_LEN + 1];
        EVP_PKEY *key;
    } public_keys[KEYS_PUBLIC_MAX];
    size_t public_count;
    unsigned char bsn[KEY_BYTES], bsn_index[KEY_BYTES], cursor[KEY_BYTES];
};

/* Reads the folder. ERR_UNAVAILABLE when a file is missing or is not a key. Free with
 * keys_free(), which allows NULL. */
enum err keys_load(const char *folder, struct keys **ret) MUST_CHECK;
void keys_free(struct keys *keys);

/* Makes all files, readable by the owner only. ERR_CONFLICT when one of them exists already. */
enum err keys_init(const char *folder) MUST_CHECK;

/* The public key with this kid, or NULL. */
EVP_PKEY *keys_public(const struct keys *keys, struct str kid);

#endif
