/* SPDX-License-Identifier: EUPL-1.2 */
/* The handler of vacancies that gives names when they are asked for: most reads need none, and each
 * costs the database a look into another table. */
#include "services/employers/gen/contract.h"
#include "services/employers/gen/queries.h"

enum err vacancy_read(struct ctx *ctx, const struct request *req, struct plan *plan)
{
    if (str_equal(req->query[0], S("true")))
        sql_vacancy_get_named(plan, (struct sql_vacancy_get_named){.id = req->path[0],
                                                                   .language = ctx_language(ctx)});
    else
        sql_vacancy_get(plan, (struct sql_vacancy_get){.id = req->path[0]});
    return OK;
}
