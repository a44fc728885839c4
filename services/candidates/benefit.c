/* SPDX-License-Identifier: EUPL-1.2 */
/* Rules of benefits. */
#include "services/candidates/gen/contract.h"

/* A reason belongs to the event that ends something, and is required there. */
enum err benefit_move_check(struct ctx *ctx, const struct benefit_move *move)
{
    const struct {
        struct str event, where, given;
    } reasons[] = {
        {S("refuse"), S("/refusalReason"), move->refusal_reason},
        {S("end"), S("/endReason"), move->end_reason},
    };
    enum err err = OK;
    for (size_t i = 0; i < sizeof reasons / sizeof *reasons; i++)
        if (str_equal(move->event, reasons[i].event) != (reasons[i].given.at != NULL))
            err = ctx_refuse(ctx, reasons[i].where,
                             reasons[i].given.at ? FAULT_NOT_HERE : FAULT_REQUIRED);
    return err;
}
