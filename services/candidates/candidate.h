/* SPDX-License-Identifier: EUPL-1.2 */
/* The rules of a candidate that one value alone cannot break. Pure. */
#ifndef MAATWERK_CANDIDATES_CANDIDATE_H
#define MAATWERK_CANDIDATES_CANDIDATE_H

#include "services/candidates/gen/contract.h"

/* Checks the citizen service number and that hours are in order; notes every fault. */
enum err candidate_check(struct ctx *ctx, const struct candidate_new *candidate) MUST_CHECK;
enum err candidate_change_check(struct ctx *ctx, const struct candidate_change *change) MUST_CHECK;

/* Who owns the file of a new candidate: the case manager who registers, unless another is named. */
struct str candidate_case_manager(const struct actor *actor, const struct candidate_new *candidate);

#endif
