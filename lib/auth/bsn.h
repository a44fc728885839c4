/* SPDX-License-Identifier: EUPL-1.2 */
/* The citizen service number. It is checked, encrypted with AES-256-GCM, and found by a keyed
 * hash that differs per municipality. The keys are not in the database. Results are in
 * PostgreSQL's text form of bytea. */
#ifndef MAATWERK_AUTH_BSN_H
#define MAATWERK_AUTH_BSN_H

#include "lib/auth/keys.h"
#include "lib/base/arena.h"

enum { BSN_KEY_ID = 1 };

/* Nine digits that pass the eleven-test (Besluit burgerservicenummer, annex):
 * 9a+8b+7c+6d+5e+4f+3g+2h-i is a multiple of 11, and they are not all zero. */
bool bsn_is_valid(struct str bsn);

struct bsn_sealed {
    struct str nonce, ciphertext, blind_index; /* "\x…" */
};

/* Encrypts a number for one candidate of one municipality: the result cannot be decrypted for
 * another candidate. ERR_INTERNAL when encryption fails. */
enum err bsn_seal(struct arena *arena, const struct keys *keys, struct str bsn,
                  struct str tenant_id, struct str candidate_id, struct bsn_sealed *ret) MUST_CHECK;

/* Decrypts a number. ERR_INVALID when anything was changed. */
enum err bsn_open(struct arena *arena, const struct keys *keys, const struct bsn_sealed *sealed,
                  struct str tenant_id, struct str candidate_id, struct str *ret) MUST_CHECK;

/* The keyed hash by which the number is found in this municipality. */
struct str bsn_blind_index(struct arena *arena, const struct keys *keys, struct str tenant_id,
                           struct str bsn);

#endif
