/* SPDX-License-Identifier: EUPL-1.2 */
/* The rules of a candidate that the contract cannot say. Pure. */
#ifndef MAATWERK_CANDIDATES_CANDIDATE_H
#define MAATWERK_CANDIDATES_CANDIDATE_H

#include "services/candidates/gen/contract.h"

/* Checks the citizen service number of a body, when it is given. */
enum err candidate_bsn_check(struct ctx *ctx, struct str bsn) MUST_CHECK;

/* Who owns the file of a new candidate: the case manager who registers, unless another is named. */
struct str candidate_case_manager(const struct actor *actor, const struct candidate_new *candidate);

#endif
