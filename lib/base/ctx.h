/* SPDX-License-Identifier: EUPL-1.2 */
/* What every step of a request or job needs: its memory, the caller, the faults that were found,
 * and the time. It is the first parameter of every function that works for one request or job. */
#ifndef MAATWERK_BASE_CTX_H
#define MAATWERK_BASE_CTX_H

#include "lib/base/arena.h"
#include "lib/base/err.h"
#include "lib/base/fault.h"
#include "lib/base/uuid.h"

enum language { LANGUAGE_NL, LANGUAGE_EN };

/* The caller with the hat that this request has. Lives as long as the arena of the request. */
struct actor {
    int32_t tenant;             /* internal number of the municipality; never leaves the program */
    struct str tenant_id;       /* its UUID */
    struct str user_id;         /* UUID of the user to whom the login of the token leads */
    struct str hat_id;          /* of entry.hat; absent with role system, which has no hat */
    struct str hats_version;    /* of the user's hats, when they were read */
    struct str organisation_id; /* of the firm, agency or employer of the user, or absent */
    uint32_t role;              /* exactly one bit: 1u << enum role (openapi/gen/role.h) */
    uint32_t attributes;        /* bits: 1u << enum attribute */
};

struct keys;

struct ctx {
    struct arena *arena;
    const struct keys
        *keys; /* of the installation (lib/auth/keys.h); NULL where no keys are needed */
    const struct actor *actor; /* NULL in a public operation: nobody has logged in */
    struct faults faults;
    int64_t now_us;        /* microseconds since 1970, UTC; rules take the time from here only */
    struct str request_id; /* a UUID, in text */
    enum language language;
};

/* "nl" or "en". */
struct str ctx_language(const struct ctx *ctx);

/* Notes a fault of a rule at a member of the body, such as S("/reason"). Returns ERR_INVALID. */
enum err ctx_refuse(struct ctx *ctx, struct str pointer, enum fault_code code);

#endif
