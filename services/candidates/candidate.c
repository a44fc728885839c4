/* SPDX-License-Identifier: EUPL-1.2 */
/* Rules of candidates. */
#include "services/candidates/candidate.h"

#include "lib/auth/bsn.h"
#include "openapi/gen/role.h"

enum err candidate_bsn_check(struct ctx *ctx, struct str bsn)
{
    if (!bsn.at || bsn_is_valid(bsn))
        return OK;
    return ctx_refuse(ctx, S("/bsn"), FAULT_ELEVEN_TEST);
}

enum err candidate_search_check(struct ctx *ctx, const struct candidate_search *wanted)
{
    bool named = wanted->name.at || wanted->birth_date.at;
    if (wanted->bsn.at && named)
        return ctx_refuse(ctx, S("/bsn"), FAULT_NOT_HERE);
    if (wanted->bsn.at)
        return candidate_bsn_check(ctx, wanted->bsn);
    if (!named)
        return ctx_refuse(ctx, S("/bsn"), FAULT_REQUIRED);
    if (!wanted->name.at)
        return ctx_refuse(ctx, S("/name"), FAULT_REQUIRED);
    return wanted->birth_date.at ? OK : ctx_refuse(ctx, S("/birthDate"), FAULT_REQUIRED);
}

struct str candidate_case_manager(const struct actor *actor, const struct candidate_new *candidate)
{
    bool own = actor->role == 1u << ROLE_CASE_MANAGER && !candidate->case_manager_id.at;
    return own ? actor->user_id : candidate->case_manager_id;
}
