/* SPDX-License-Identifier: EUPL-1.2 */
/* /metrics: the figures of this process, followed by the text of queue.metrics(). */
#include "lib/server/scrape.h"

#include "lib/server/answer.h"
#include "lib/server/metrics.h"
#include "lib/server/state.h"
#include "lib/server/transaction.h"

enum { KEPT_MS = 3000 };

struct asked {
    struct transaction transaction;
    struct loop *loop;
    h2o_req_t *req; /* NULL when the client has its answer or is gone */
    struct asked **guard;
    h2o_timeout_entry_t deadline;
    bool in_database;
};

static const struct query metrics = {.name = "queue_metrics",
                                     .text = "select queue.metrics()",
                                     .rows = QUERY_ONE};

/* The index of the service whose login role may read the figures of the queue; services_count
 * when this process does not have it. */
static size_t platform_of(const struct server *server)
{
    size_t i = 0;
    while (i < server->services_count && strcmp(server->services[i]->name, "platform") != 0)
        i++;
    return i;
}

static void answer(h2o_req_t *req, bool database, struct str queue)
{
    struct arena *arena = arena_new();
    struct buf out = buf_in(arena);
    metrics_print(&out, loop_of(req)->server);
    buf_print(&out,
              "# HELP maatwerk_database_up Whether PostgreSQL answers.\n"
              "# TYPE maatwerk_database_up gauge\nmaatwerk_database_up %d\n",
              database);
    if (queue.at)
        buf_add(&out, queue);
    answer_send(req, 200, "text/plain; version=0.0.4", buf_str(&out));
    arena_free(arena);
}

static void release(struct asked *scrape)
{
    if (scrape->req || scrape->in_database)
        return;
    if (h2o_timeout_is_linked(&scrape->deadline))
        h2o_timeout_unlink(&scrape->deadline);
    scrape->loop->exchanges--;
    arena_free(scrape->transaction.arena);
}

static void conclude(struct asked *scrape, bool database, struct str queue)
{
    h2o_req_t *req = scrape->req;
    scrape->req = NULL;
    if (req) {
        *scrape->guard = NULL;
        answer(req, database, queue);
    }
    release(scrape);
}

static void on_gone(void *data)
{
    struct asked *scrape = *(struct asked **)data;
    if (!scrape)
        return;
    scrape->req = NULL;
    scrape->transaction.abandoned = true;
    release(scrape);
}

static void on_deadline(h2o_timeout_entry_t *entry)
{
    struct asked *scrape = H2O_STRUCT_FROM_MEMBER(struct asked, deadline, entry);
    scrape->transaction.abandoned = true;
    conclude(scrape, false, (struct str){0});
}

static void keep(struct loop *loop, struct str text)
{
    char *kept = malloc(text.len + 1);
    if (!kept)
        abort();
    memcpy(kept, text.at, text.len);
    free((char *)loop->queue_metrics.at);
    loop->queue_metrics.at = kept;
    loop->queue_metrics.len = text.len;
    loop->queue_metrics_ms = h2o_now(loop->h2o.loop);
}

static void on_done(struct transaction *transaction, enum transaction_end end)
{
    struct asked *scrape = transaction->owner;
    const PGresult *row = transaction->first->result;
    bool there = end == TRANSACTION_COMMITTED && PQntuples(row) == 1;
    struct str text = there ? str_of(PQgetvalue(row, 0, 0)) : (struct str){0};
    scrape->in_database = false;
    if (there)
        keep(scrape->loop, text);
    conclude(scrape, there, text);
}

static void ask(struct loop *loop, h2o_req_t *req, struct pool *pool)
{
    struct arena *arena = arena_new();
    struct ctx ctx = {.arena = arena};
    struct plan plan = {.ctx = &ctx};
    struct asked *scrape = ARENA_NEW(arena, struct asked);
    scrape->loop = loop;
    scrape->req = req;
    scrape->guard = h2o_mem_alloc_shared(&req->pool, sizeof *scrape->guard, on_gone);
    *scrape->guard = scrape;
    scrape->deadline.cb = on_deadline;
    h2o_timeout_link(loop->h2o.loop, &loop->deadline, &scrape->deadline);
    loop->exchanges++;
    plan_add(&plan, &metrics, NULL);
    scrape->transaction = (struct transaction){
        .arena = arena, .first = plan.first, .count = plan.count, .done = on_done, .owner = scrape};
    scrape->in_database = true;
    pool_run(pool, &scrape->transaction);
}

void scrape_answer(h2o_req_t *req)
{
    struct loop *loop = loop_of(req);
    struct server *server = loop->server;
    size_t platform = platform_of(server);
    uint64_t age_ms = h2o_now(loop->h2o.loop) - loop->queue_metrics_ms;
    if (platform == server->services_count)
        answer(req, atomic_load(&server->database), (struct str){0});
    else if (loop->queue_metrics.at && age_ms < KEPT_MS)
        answer(req, true, loop->queue_metrics);
    else
        ask(loop, req, loop->reads[platform]);
}
