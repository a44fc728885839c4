/* SPDX-License-Identifier: EUPL-1.2 */
/* Employers, contact persons and the conditions under which they take part. */
#include "services/employers/gen/contract.h"
#include "services/employers/gen/queries.h"

enum err employer_list(struct ctx *ctx, const struct request *req, struct plan *plan)
{
    (void)ctx, (void)req;
    sql_employer_list(plan);
    return OK;
}

enum err employer_get(struct ctx *ctx, const struct request *req, struct plan *plan)
{
    (void)ctx;
    sql_employer_get(plan, (struct sql_employer_get){.id = req->path[0]});
    return OK;
}

enum err employer_create(struct ctx *ctx, const struct request *req, struct plan *plan)
{
    (void)ctx;
    sql_employer_insert(plan, req->body, (struct sql_employer_insert){.id = req->new_id});
    return OK;
}

enum err employer_update(struct ctx *ctx, const struct request *req, struct plan *plan)
{
    sql_employer_change(plan,
                        (struct sql_employer_change){.id = req->path[0],
                                                     .document = req->document,
                                                     .version = plan_version(plan, req->version)});
    return employer_get(ctx, req, plan);
}

enum err contact_list(struct ctx *ctx, const struct request *req, struct plan *plan)
{
    (void)ctx;
    sql_contact_list(plan, (struct sql_contact_list){.employer_id = req->path[0]});
    return OK;
}

enum err contact_get(struct ctx *ctx, const struct request *req, struct plan *plan)
{
    (void)ctx;
    sql_contact_get(plan, (struct sql_contact_get){.id = req->path[0]});
    return OK;
}

enum err contact_create(struct ctx *ctx, const struct request *req, struct plan *plan)
{
    (void)ctx;
    sql_contact_insert(plan, req->body,
                       (struct sql_contact_insert){.id = req->new_id, .employer_id = req->path[0]});
    return OK;
}

enum err contact_update(struct ctx *ctx, const struct request *req, struct plan *plan)
{
    sql_contact_change(plan,
                       (struct sql_contact_change){.id = req->path[0],
                                                   .document = req->document,
                                                   .version = plan_version(plan, req->version)});
    return contact_get(ctx, req, plan);
}

enum err contact_delete(struct ctx *ctx, const struct request *req, struct plan *plan)
{
    (void)ctx;
    sql_contact_delete(plan,
                       (struct sql_contact_delete){.id = req->path[0],
                                                   .version = plan_version(plan, req->version)});
    sql_contact_version(plan, (struct sql_contact_version){.id = req->path[0]});
    return OK;
}

enum err employer_condition_list(struct ctx *ctx, const struct request *req, struct plan *plan)
{
    (void)ctx;
    sql_employer_condition_list(plan,
                                (struct sql_employer_condition_list){.employer_id = req->path[0]});
    return OK;
}

enum err employer_condition_get(struct ctx *ctx, const struct request *req, struct plan *plan)
{
    (void)ctx;
    sql_employer_condition_get(plan, (struct sql_employer_condition_get){.id = req->path[0]});
    return OK;
}

enum err employer_condition_create(struct ctx *ctx, const struct request *req, struct plan *plan)
{
    (void)ctx;
    sql_employer_condition_insert(plan, req->body,
                                  (struct sql_employer_condition_insert){.id = req->new_id,
                                                                         .employer_id =
                                                                             req->path[0]});
    return OK;
}

enum err employer_condition_delete(struct ctx *ctx, const struct request *req, struct plan *plan)
{
    (void)ctx;
    sql_employer_condition_delete(
        plan, (struct sql_employer_condition_delete){.id = req->path[0],
                                                     .version = plan_version(plan, req->version)});
    sql_employer_condition_version(plan,
                                   (struct sql_employer_condition_version){.id = req->path[0]});
    return OK;
}
