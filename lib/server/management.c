/* SPDX-License-Identifier: EUPL-1.2 */
/* For the operator: is it alive, can it take requests, what did it do. */
#include "lib/base/buf.h"
#include "lib/server/answer.h"
#include "lib/server/documents.h"

static void print_metrics(struct buf *out, const struct server *server)
{
    unsigned long long statuses[6] = {0}, busy_us = 0;
    unsigned connections = 0;
    for (int i = 0; i < server->config.threads; i++) {
        const struct loop *loop = &server->loops[i];
        for (int s = 0; s < 6; s++)
            statuses[s] += atomic_load_explicit(&loop->statuses[s], memory_order_relaxed);
        busy_us += atomic_load_explicit(&loop->busy_us, memory_order_relaxed);
        connections += atomic_load_explicit(&loop->connections, memory_order_relaxed);
    }
    buf_add(out, S("# TYPE maatwerk_requests_total counter\n"));
    for (int s = 2; s < 6; s++)
        buf_print(out, "maatwerk_requests_total{status=\"%dxx\"} %llu\n", s, statuses[s]);
    buf_print(
        out,
        "# TYPE maatwerk_request_seconds_total counter\nmaatwerk_request_seconds_total %llu.%06llu\n",
        busy_us / 1000000, busy_us % 1000000);
    buf_print(out, "# TYPE maatwerk_connections gauge\nmaatwerk_connections %u\n", connections);
}

static bool is_ready(const struct server *server)
{
    return atomic_load(&server->tenants) && !atomic_load(&server->draining);
}

int management_handle(h2o_handler_t *self, h2o_req_t *req)
{
    (void)self;
    const struct server *server = loop_of(req)->server;
    h2o_iovec_t path = req->path_normalized;
    struct arena *arena = arena_new();
    struct buf out = buf_in(arena);
    if (h2o_memis(path.base, path.len, H2O_STRLIT("/healthz/live"))) {
        answer_send(req, 200, "application/json", S("{\"status\":\"live\"}"));
    } else if (h2o_memis(path.base, path.len, H2O_STRLIT("/healthz/ready"))) {
        bool ready = is_ready(server);
        answer_send(req, ready ? 200 : 503, "application/json",
                    ready ? S("{\"status\":\"ready\"}") : S("{\"status\":\"not-ready\"}"));
    } else if (h2o_memis(path.base, path.len, H2O_STRLIT("/metrics"))) {
        print_metrics(&out, server);
        answer_send(req, 200, "text/plain; version=0.0.4", buf_str(&out));
    } else {
        answer_send(req, 404, "application/json", S("{\"status\":\"not-found\"}"));
    }
    arena_free(arena);
    return 0;
}
