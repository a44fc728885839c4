/* SPDX-License-Identifier: EUPL-1.2 */
/* Rules of candidates. */
#include "services/candidates/candidate.h"

#include "lib/auth/bsn.h"
#include "openapi/gen/role.h"

static void check_hours(struct ctx *ctx, struct maybe_int least, struct maybe_int most)
{
    if (least.is && most.is && least.value > most.value)
        fault_note(&ctx->faults, ctx->arena, FAULT_AT_BODY, S("/hoursMin"), FAULT_ORDER,
                   S("hoursMax"));
}

enum err candidate_check(struct ctx *ctx, const struct candidate_new *candidate)
{
    check_hours(ctx, candidate->hours_min, candidate->hours_max);
    if (candidate->bsn.at && !bsn_is_valid(candidate->bsn))
        fault_note(&ctx->faults, ctx->arena, FAULT_AT_BODY, S("/bsn"), FAULT_ELEVEN_TEST,
                   (struct str){0});
    return ctx->faults.count ? ERR_INVALID : OK;
}

enum err candidate_change_check(struct ctx *ctx, const struct candidate_change *change)
{
    check_hours(ctx, change->hours_min, change->hours_max);
    return ctx->faults.count ? ERR_INVALID : OK;
}

struct str candidate_case_manager(const struct actor *actor, const struct candidate_new *candidate)
{
    bool own = actor->role == 1u << ROLE_CASE_MANAGER && !candidate->case_manager_id.at;
    return own ? actor->user_id : candidate->case_manager_id;
}
