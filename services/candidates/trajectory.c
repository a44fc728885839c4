/* SPDX-License-Identifier: EUPL-1.2 */
/* Rules of trajectories. */
#include "services/candidates/gen/contract.h"

/* A finish has an outcome, a stop a reason, and only who is at work found work somehow. */
enum err trajectory_move_check(struct ctx *ctx, const struct trajectory_move *move)
{
    const struct {
        bool wanted, optional;
        struct str where, given;
    } parts[] = {
        {str_equal(move->event, S("finish")), false, S("/outcome"), move->outcome},
        {str_equal(move->event, S("stop")), false, S("/reason"), move->reason},
        {str_equal(move->outcome, S("at_work")), true, S("/workOrigin"), move->work_origin},
    };
    enum err err = OK;
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++)
        if (parts[i].given.at && !parts[i].wanted)
            err = ctx_refuse(ctx, parts[i].where, FAULT_NOT_HERE);
        else if (!parts[i].given.at && parts[i].wanted && !parts[i].optional)
            err = ctx_refuse(ctx, parts[i].where, FAULT_REQUIRED);
    return err;
}
