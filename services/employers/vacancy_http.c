/* SPDX-License-Identifier: EUPL-1.2 */
/* Vacancies, from report to ending. */
#include "services/employers/gen/queries.h"
#include "services/employers/vacancy.h"

enum err vacancy_list(struct ctx *ctx, const struct request *req, struct plan *plan)
{
    (void)ctx, (void)req;
    sql_vacancy_list(plan);
    return OK;
}

enum err vacancy_get(struct ctx *ctx, const struct request *req, struct plan *plan)
{
    (void)ctx;
    sql_vacancy_get(plan, (struct sql_vacancy_get){.id = req->path[0]});
    return OK;
}

enum err vacancy_create(struct ctx *ctx, const struct request *req, struct plan *plan)
{
    enum err err = vacancy_check(ctx, req->body);
    if (err)
        return err;
    sql_vacancy_insert(plan, req->body,
                       (struct sql_vacancy_insert){.id = req->new_id,
                                                   .source = vacancy_source(ctx->actor->role)});
    return OK;
}

enum err vacancy_update(struct ctx *ctx, const struct request *req, struct plan *plan)
{
    const struct vacancy_change *change = req->body;
    enum err err = vacancy_change_check(ctx, change);
    if (err)
        return err;
    sql_vacancy_change(plan,
                       (struct sql_vacancy_change){.id = req->path[0],
                                                   .document = req->document,
                                                   .version = plan_version(plan, req->version)});
    if (change->competences.is || change->conditions.is)
        sql_vacancy_replace_parts(plan,
                                  (struct sql_vacancy_replace_parts){.id = req->path[0],
                                                                     .document = req->document});
    return vacancy_get(ctx, req, plan);
}

enum err vacancy_end(struct ctx *ctx, const struct request *req, struct plan *plan)
{
    const struct vacancy_ending *ending = req->body;
    sql_vacancy_end(plan, (struct sql_vacancy_end){.id = req->path[0], .event = ending->how});
    return vacancy_get(ctx, req, plan);
}

enum err vacancy_transition_list(struct ctx *ctx, const struct request *req, struct plan *plan)
{
    (void)ctx;
    sql_vacancy_transition_list(plan,
                                (struct sql_vacancy_transition_list){.vacancy_id = req->path[0]});
    return OK;
}
