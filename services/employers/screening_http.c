/* SPDX-License-Identifier: EUPL-1.2 */
/* Screening: the advice of the rules and the verdict of a person. */
#include "services/employers/gen/contract.h"
#include "services/employers/gen/queries.h"

enum err screening_advice(struct ctx *ctx, const struct request *req, struct plan *plan)
{
    (void)ctx;
    sql_screening_advice(plan, (struct sql_screening_advice){.id = req->path[0]});
    return OK;
}

enum err screening_list(struct ctx *ctx, const struct request *req, struct plan *plan)
{
    (void)ctx;
    sql_screening_list(plan, (struct sql_screening_list){.vacancy_id = req->path[0]});
    return OK;
}

enum err screening_get(struct ctx *ctx, const struct request *req, struct plan *plan)
{
    (void)ctx;
    sql_screening_get(plan, (struct sql_screening_get){.id = req->path[0]});
    return OK;
}

enum err screening_create(struct ctx *ctx, const struct request *req, struct plan *plan)
{
    const struct screening_new *verdict = req->body;
    if (!verdict->reason.at && !str_equal(verdict->verdict, S("suitable"))) {
        fault_note(&ctx->faults, ctx->arena, FAULT_AT_BODY, S("/reason"), FAULT_REQUIRED,
                   (struct str){0});
        return ERR_INVALID;
    }
    sql_screening_insert(plan, verdict,
                         (struct sql_screening_insert){.id = req->new_id,
                                                       .vacancy_id = req->path[0]});
    return OK;
}
