/* SPDX-License-Identifier: EUPL-1.2 */
/* Rules of appointments. */
#include "services/candidates/gen/contract.h"

/* What belongs to one event is given with that one and no other. */
enum err appointment_move_check(struct ctx *ctx, const struct appointment_move *move)
{
    bool invites = str_equal(move->event, S("invite")), moves = str_equal(move->event, S("move")),
         excuses = str_equal(move->event, S("excuse")),
         cancels = str_equal(move->event, S("cancel"));
    const struct {
        bool wanted, optional;
        struct str where, given;
    } parts[] = {
        {invites, false, S("/channel"), move->channel},
        {invites, true, S("/handedBy"), move->handed_by},
        {excuses, false, S("/reason"), move->reason},
        {cancels, true, S("/cancelReason"), move->cancel_reason},
        {moves, false, S("/startsAt"), move->starts_at},
        {moves, true, S("/endsAt"), move->ends_at},
        {moves, true, S("/place"), move->place},
    };
    enum err err = OK;
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++)
        if (parts[i].given.at && !parts[i].wanted)
            err = ctx_refuse(ctx, parts[i].where, FAULT_NOT_HERE);
        else if (!parts[i].given.at && parts[i].wanted && !parts[i].optional)
            err = ctx_refuse(ctx, parts[i].where, FAULT_REQUIRED);
    return err;
}
