/* SPDX-License-Identifier: EUPL-1.2 */
/* The rules of candidates that the contract cannot express. Pure functions. */
#ifndef MAATWERK_CANDIDATES_CANDIDATE_H
#define MAATWERK_CANDIDATES_CANDIDATE_H

#include "services/candidates/gen/contract.h"

/* Checks the citizen service number of a body, when it has one. ERR_INVALID with a fault when it
 * is wrong. */
enum err candidate_bsn_check(struct ctx *ctx, struct str bsn) MUST_CHECK;

/* Checks that somebody is looked for in one way: by number, or by name and day of birth. Otherwise
 * the same. */
enum err candidate_search_check(struct ctx *ctx, const struct candidate_search *wanted) MUST_CHECK;

/* The case manager of a new candidate: the named one, else the caller. */
struct str candidate_case_manager(const struct actor *actor, const struct candidate_new *candidate);

#endif
