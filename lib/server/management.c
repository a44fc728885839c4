/* SPDX-License-Identifier: EUPL-1.2 */
/* Answers for the operator: whether the program lives, whether it takes requests, and its
 * figures. */
#include "lib/server/management.h"

#include "lib/server/answer.h"
#include "lib/server/scrape.h"
#include "lib/server/state.h"

static bool is_ready(const struct server *server)
{
    return atomic_load(&server->tenants) && !atomic_load(&server->draining);
}

int management_handle(h2o_handler_t *self, h2o_req_t *req)
{
    (void)self;
    const struct server *server = loop_of(req)->server;
    h2o_iovec_t path = req->path_normalized;
    if (h2o_memis(path.base, path.len, H2O_STRLIT("/healthz/live"))) {
        answer_send(req, 200, "application/json", S("{\"status\":\"live\"}"));
    } else if (h2o_memis(path.base, path.len, H2O_STRLIT("/healthz/ready"))) {
        bool ready = is_ready(server);
        answer_send(req, ready ? 200 : 503, "application/json",
                    ready ? S("{\"status\":\"ready\"}") : S("{\"status\":\"not-ready\"}"));
    } else if (h2o_memis(path.base, path.len, H2O_STRLIT("/metrics"))) {
        scrape_answer(req);
    } else {
        answer_send(req, 404, "application/json", S("{\"status\":\"not-found\"}"));
    }
    return 0;
}
