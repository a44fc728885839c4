/* SPDX-License-Identifier: EUPL-1.2 */
/* How often a user may call, counted by this process in memory: openapi/limits.yaml, entry.quota.
 *
 * Each user has a place for each kind of call with the moment at which everything used will have come
 * back (GCRA, as ITU-T I.371 has it). A call moves that moment by its share of the time, and is refused
 * when the moment would be further away than the whole time. All loops share the places. There is a
 * fixed number of them; a place whose moments have passed is free for another user. */
#ifndef MAATWERK_SERVER_ALLOWANCE_H
#define MAATWERK_SERVER_ALLOWANCE_H

#include "lib/base/arena.h"
#include "openapi/gen/allowance.h"

struct allowances;
struct session;

/* What a call used, or of what there is nothing left. */
struct allowance_use {
    enum allowance kind;
    int64_t most, seconds; /* so many in so much time; 0: there is no limit */
    int64_t left;          /* after this call */
    int64_t back_s;        /* when everything is there again; of a refusal: when one is */
};

/* Without limits, until allowances_load(). Never NULL. It lives as long as the process. */
struct allowances *allowances_new(void);

/* Reads the limits of this installation. Returns false when the database does not answer. */
bool allowances_load(struct allowances *allowances, struct session *session);

/* Sets one limit: `most` calls in `seconds`. */
void allowance_set(struct allowances *allowances, unsigned group, enum allowance kind, int64_t most,
                   int64_t seconds);

/* A number that stands for this user of this municipality. */
uint64_t allowance_user(int32_t tenant, struct str user);

/* Uses one of `kind` (below ALLOWANCE_HELD). Returns false, and uses nothing, when there is none. */
bool allowance_take(struct allowances *allowances, unsigned group, enum allowance kind,
                    uint64_t user, int64_t now_us, struct allowance_use *ret);

/* The same, and uses nothing. */
bool allowance_is_left(struct allowances *allowances, unsigned group, enum allowance kind,
                       uint64_t user, int64_t now_us, struct allowance_use *ret);

/* The limit of a kind, the one who counts it. */
struct allowance_use allowance_of(const struct allowances *allowances, unsigned group,
                                  enum allowance kind);

/* The number of the kind with this name; ALLOWANCE_COUNT when there is none. */
enum allowance allowance_named(struct str name);

#endif
