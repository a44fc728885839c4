/* SPDX-License-Identifier: EUPL-1.2 */
/* Regions, municipalities, organisations, users, taxonomy, places. */
#include "openapi/gen/role.h"
#include "services/platform/gen/contract.h"
#include "services/platform/gen/queries.h"

enum err profile_get(struct ctx *ctx, const struct request *req, struct plan *plan)
{
    (void)req;
    sql_profile_get(plan, (struct sql_profile_get){.id = ctx->actor->user_id,
                                                   .role = str_of(
                                                       role_names[__builtin_ctz(ctx->actor->role)]),
                                                   .organisation = ctx->actor->organisation_id.at
                                                                       ? ctx->actor->organisation_id
                                                                       : S("")});
    return OK;
}

enum err region_list(struct ctx *ctx, const struct request *req, struct plan *plan)
{
    (void)ctx, (void)req;
    sql_region_list(plan);
    return OK;
}

enum err region_get(struct ctx *ctx, const struct request *req, struct plan *plan)
{
    (void)ctx;
    sql_region_get(plan, (struct sql_region_get){.id = req->path[0]});
    return OK;
}

enum err tenant_list(struct ctx *ctx, const struct request *req, struct plan *plan)
{
    (void)ctx, (void)req;
    sql_tenant_list(plan);
    return OK;
}

enum err tenant_get(struct ctx *ctx, const struct request *req, struct plan *plan)
{
    (void)ctx;
    sql_tenant_get(plan, (struct sql_tenant_get){.id = req->path[0]});
    return OK;
}

enum err organisation_list(struct ctx *ctx, const struct request *req, struct plan *plan)
{
    (void)ctx, (void)req;
    sql_organisation_list(plan);
    return OK;
}

enum err organisation_get(struct ctx *ctx, const struct request *req, struct plan *plan)
{
    (void)ctx;
    sql_organisation_get(plan, (struct sql_organisation_get){.id = req->path[0]});
    return OK;
}

enum err organisation_create(struct ctx *ctx, const struct request *req, struct plan *plan)
{
    (void)ctx;
    sql_organisation_insert(plan, req->body, (struct sql_organisation_insert){.id = req->new_id});
    return OK;
}

enum err organisation_update(struct ctx *ctx, const struct request *req, struct plan *plan)
{
    sql_organisation_change(plan,
                            (struct sql_organisation_change){.id = req->path[0],
                                                             .document = req->document,
                                                             .version =
                                                                 plan_version(plan, req->version)});
    return organisation_get(ctx, req, plan);
}

enum err user_list(struct ctx *ctx, const struct request *req, struct plan *plan)
{
    (void)ctx, (void)req;
    sql_user_list(plan);
    return OK;
}

enum err user_get(struct ctx *ctx, const struct request *req, struct plan *plan)
{
    (void)ctx;
    sql_user_get(plan, (struct sql_user_get){.id = req->path[0]});
    return OK;
}

enum err user_create(struct ctx *ctx, const struct request *req, struct plan *plan)
{
    (void)ctx;
    sql_user_insert(plan, req->body, (struct sql_user_insert){.id = req->new_id});
    return OK;
}

enum err user_update(struct ctx *ctx, const struct request *req, struct plan *plan)
{
    sql_user_change(plan, (struct sql_user_change){.id = req->path[0],
                                                   .document = req->document,
                                                   .version = plan_version(plan, req->version)});
    return user_get(ctx, req, plan);
}
