/* SPDX-License-Identifier: EUPL-1.2 */
/* Rules of hand-overs. */
#include "services/platform/gen/contract.h"

/* Exactly one of a user and an organisation. */
static enum err one_of(struct ctx *ctx, struct str user, struct str organisation, struct str where,
                       struct str other)
{
    if (!user.at && !organisation.at)
        return ctx_refuse(ctx, where, FAULT_REQUIRED);
    return user.at && organisation.at ? ctx_refuse(ctx, other, FAULT_NOT_HERE) : OK;
}

enum err hand_over_new_check(struct ctx *ctx, const struct hand_over_new *over)
{
    enum err from = one_of(ctx, over->from_user_id, over->from_organisation_id, S("/fromUserId"),
                           S("/fromOrganisationId"));
    enum err to = one_of(ctx, over->to_user_id, over->to_organisation_id, S("/toUserId"),
                         S("/toOrganisationId"));
    if (from || to)
        return ERR_INVALID;
    if (over->from_user_id.at && over->to_user_id.at
        && str_equal(over->from_user_id, over->to_user_id))
        return ctx_refuse(ctx, S("/toUserId"), FAULT_ITSELF);
    if (over->from_organisation_id.at && over->to_organisation_id.at
        && str_equal(over->from_organisation_id, over->to_organisation_id))
        return ctx_refuse(ctx, S("/toOrganisationId"), FAULT_ITSELF);
    return OK;
}
