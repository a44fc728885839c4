/* SPDX-License-Identifier: EUPL-1.2 */
/* Occupations, competences, conditions, places: what everybody may read. */
#include "services/platform/gen/contract.h"
#include "services/platform/gen/queries.h"

enum err occupation_list(struct ctx *ctx, const struct request *req, struct plan *plan)
{
    (void)ctx, (void)req;
    sql_occupation_list(plan);
    return OK;
}

enum err occupation_get(struct ctx *ctx, const struct request *req, struct plan *plan)
{
    (void)ctx;
    sql_occupation_get(plan, (struct sql_occupation_get){.id = req->path[0]});
    return OK;
}

enum err competence_list(struct ctx *ctx, const struct request *req, struct plan *plan)
{
    (void)ctx, (void)req;
    sql_competence_list(plan);
    return OK;
}

enum err competence_get(struct ctx *ctx, const struct request *req, struct plan *plan)
{
    (void)ctx;
    sql_competence_get(plan, (struct sql_competence_get){.id = req->path[0]});
    return OK;
}

enum err condition_list(struct ctx *ctx, const struct request *req, struct plan *plan)
{
    (void)ctx, (void)req;
    sql_condition_list(plan);
    return OK;
}

enum err place_list(struct ctx *ctx, const struct request *req, struct plan *plan)
{
    (void)ctx, (void)req;
    sql_place_list(plan);
    return OK;
}
