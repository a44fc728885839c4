/* SPDX-License-Identifier: EUPL-1.2 */
/* Access tokens: JWT (RFC 7519) of type at+jwt (RFC 9068), signed with ES256 (RFC 7518 section
 * 3.4). No other type and no other signature is accepted. */
#ifndef MAATWERK_AUTH_TOKEN_H
#define MAATWERK_AUTH_TOKEN_H

#include "lib/auth/keys.h"
#include "lib/base/arena.h"
#include "lib/base/limits.h"

enum { TOKEN_LIFE_MAX_S = 24 * 3600, TOKEN_SKEW_S = 60 };

struct token_claims {
    struct str issuer, audience;
    struct str subject; /* of the login: any text; often the UUID of the user */
    struct str tenant;  /* UUID of the municipality */
    /* These only narrow what the user may do; absent: the token does not narrow it. */
    struct str role;
    struct str organisation; /* UUID of the firm, agency or employer of the user */
    struct str attributes[LIMIT_ATTRIBUTES];
    size_t attributes_count;
    bool has_attributes; /* the list is there; it may be empty */
    struct str token_id;
    const struct public_key *key; /* that signed it; set by token_verify() */
    int64_t issued_s, expires_s;
};

/* Makes a token with the key of the issuer. ERR_UNAVAILABLE when there is no such key. */
enum err token_make(struct arena *arena, const struct keys *keys, const struct token_claims *claims,
                    struct str *ret) MUST_CHECK;

/* Reads and verifies a token: its form, type, algorithm, key, signature, issuer, audience,
 * times, and the types of all claims. When anything is wrong the result is ERR_UNAUTHENTICATED,
 * without the reason. The texts of the claims live in the arena, that of the issuer as long as the
 * keys and `issuer`. */
enum err token_verify(struct arena *arena, const struct keys *keys, struct str token, int64_t now_s,
                      struct str issuer, struct str audience, struct token_claims *ret) MUST_CHECK;

#endif
