/* SPDX-License-Identifier: EUPL-1.2 */
/* The keys of an installation: a folder of files that only its programs can read.
 *
 *   issuer.pem       P-256 private key of the local issuer; only where `maatwerk token` may run
 *   *.pub.pem        P-256 public keys whose tokens are accepted; their kid is a hash of the key
 *   *.json           beside x.pub.pem, x.json binds the key:
 *                    {"issuer": "…", "tenants": ["<uuid>", …], "roles": ["…", …]}
 *                    Its tokens are accepted for nothing else. Production refuses a key without it
 *   bsn.key          32 bytes: encrypts citizen service numbers
 *   bsn-index.key    32 bytes: makes them findable
 *   cursor.key       32 bytes: encrypts cursors of lists
 *   cursor.key.old   the one before it, when there is one: cursors that it made are read, none are made
 */
#ifndef MAATWERK_AUTH_KEYS_H
#define MAATWERK_AUTH_KEYS_H

#include <cjson/cJSON.h>
#include <openssl/evp.h>

#include "lib/base/arena.h"
#include "lib/base/err.h"
#include "lib/base/str.h"

enum { KEYS_PUBLIC_MAX = 16, KEY_BYTES = 32, KID_LEN = 16 };

struct keys {
    EVP_PKEY *issuer; /* NULL when tokens can be verified but not made, or it was not asked for */
    bool has_issuer;  /* the folder has the private key of a local issuer */
    char issuer_kid[KID_LEN + 1];
    struct public_key {
        char kid[KID_LEN + 1];
        EVP_PKEY *key;
        cJSON *binding; /* NULL: the key is not bound */
        bool local;     /* the key of our own issuer, for development */
    } public_keys[KEYS_PUBLIC_MAX];
    size_t public_count;
    struct arena *arena;                                /* of the bindings */
    unsigned char bsn[KEY_BYTES], bsn_index[KEY_BYTES]; /* zeroes unless they were asked for */
    unsigned char cursor[KEY_BYTES], cursor_before[KEY_BYTES];
    bool has_cursor_before;
};

/* Which keys a program reads beside those of tokens and cursors. A key that a program does not use
 * is not in its memory, and its files may be unreadable for it. */
enum keys_wanted {
    KEYS_PLAIN = 0,
    KEYS_WITH_BSN = 1,    /* handles citizen service numbers */
    KEYS_WITH_ISSUER = 2, /* makes tokens */
};

/* Reads the folder; `wanted` is a set of enum keys_wanted. ERR_UNAVAILABLE when a file is missing or
 * is not a key. Free with keys_free(), which allows NULL and erases the keys from memory. */
enum err keys_load(const char *folder, unsigned wanted, struct keys **ret) MUST_CHECK;
void keys_free(struct keys *keys);

/* Makes all files, those of a local issuer only when `issuer`, readable by the owner only. ERR_CONFLICT
 * when one of them exists already. */
enum err keys_init(const char *folder, bool issuer) MUST_CHECK;

/* Makes a new key for cursors and keeps the one before it as cursor.key.old. ERR_UNAVAILABLE when
 * that cannot be done; then nothing has changed. */
enum err keys_rotate_cursor(const char *folder) MUST_CHECK;

/* The public key with this kid, or NULL. */
const struct public_key *keys_find(const struct keys *keys, struct str kid);

/* The issuer that the key is bound to; `otherwise` when it is not bound. */
struct str keys_issuer(const struct public_key *key, struct str otherwise);

/* Whether the key may sign for this municipality and role; for some role of it when `role` is
 * absent. */
bool keys_admit(const struct public_key *key, struct str tenant, struct str role);

/* Whether production may use them: every key is bound to an issuer, municipalities and roles, and none
 * is that of a local issuer. */
bool keys_are_bound(const struct keys *keys);

#endif
