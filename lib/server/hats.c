/* SPDX-License-Identifier: EUPL-1.2 */
/* One read before the transaction of the request. */
#include "lib/server/hats.h"

#include "lib/server/finish.h"
#include "lib/server/gen/queries.h"
#include "lib/server/login.h"

/* Forgets what was read of the request for another hat: each hat may see and write something else. */
static void begin_again(struct exchange *exchange)
{
    struct request *request = &exchange->request;
    struct request fresh = {.operation = request->operation};
    memcpy(fresh.path, request->path, sizeof fresh.path);
    *request = fresh;
    exchange->page = (struct page){0};
    exchange->ctx.faults = (struct faults){0};
    exchange->key = exchange->fingerprint = exchange->if_none_match = (struct str){0};
}

static void on_answer(struct transaction *transaction, enum transaction_end end)
{
    struct exchange *exchange = transaction->owner;
    exchange->in_database = false;
    if (!exchange->req)
        exchange_release(exchange);
    else if (end != TRANSACTION_COMMITTED)
        finish_with_problem(exchange, problem_of(ERR_UNAVAILABLE));
    else {
        login_learn(exchange, exchange->plan.last->result);
        begin_again(exchange);
        exchange->go_on(exchange);
    }
}

void hats_ask(struct exchange *exchange)
{
    struct plan *plan = &exchange->plan;
    *plan = (struct plan){.ctx = &exchange->ctx};
    exchange->hats_asked = true;
    sql_context_set(plan, (struct sql_context_set){.role = S(""), .read_only = S("on")});
    login_ask(exchange, plan);
    exchange->known = NULL;
    exchange->transaction = (struct transaction){.arena = exchange->ctx.arena,
                                                 .first = plan->first,
                                                 .count = plan->count,
                                                 .done = on_answer,
                                                 .owner = exchange,
                                                 .reads = true};
    exchange->in_database = true;
    pool_run(exchange->loop->reads[exchange->route->service], &exchange->transaction);
}
