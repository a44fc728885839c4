/* SPDX-License-Identifier: EUPL-1.2 */
/* One event loop with everything that belongs to it: a thread of the server. Nothing here is
 * shared between threads, but for what `server` points to, which is read-only, and the counters,
 * which are atomic. */
#ifndef MAATWERK_SERVER_LOOP_H
#define MAATWERK_SERVER_LOOP_H

#include <stdatomic.h>

#include "lib/auth/keys.h"
#include "lib/auth/token_cache.h"
#include "lib/base/config.h"
#include "lib/server/pool.h"
#include "lib/server/router.h"

enum { CONNECTIONS_MAX = 4000 };
enum { DEADLINE_MS = 5000, RETRY_MS = 500, AROUND_MS = 10 };

/* The municipalities, by the UUID that tokens carry. Replaced as a whole when it changes. */
struct tenants {
    size_t count;
    struct tenant_entry {
        char id[UUID_TEXT_LEN + 1];
        int32_t number;
    } entries[];
};

struct server {
    struct config config;
    const struct service *const *services;
    size_t services_count;
    struct router router;
    struct keys *keys;
    _Atomic(const struct tenants *) tenants; /* NULL until loaded for the first time */
    atomic_bool draining, database;          /* the database: answered when it was last asked */
    h2o_globalconf_t h2o;
    h2o_hostconf_t *api_hosts[2], *management_hosts[2];
    struct loop *loops;
};

struct wake;
struct log_buffer;
struct metrics;

struct loop {
    h2o_context_t h2o; /* first: h2o gives it back to us */
    struct server *server;
    pthread_t thread;
    h2o_accept_ctx_t api, management;
    h2o_socket_t *listeners[2];
    h2o_timeout_t deadline, retry, around, tick;
    h2o_timeout_entry_t ticker;
    struct pool *reads[LIMIT_SERVICES], *writes[LIMIT_SERVICES];
    struct token_cache *tokens;
    struct wake *wake;
    struct log_buffer *log;
    unsigned exchanges; /* requests in flight */
    atomic_uint connections;
    struct metrics *metrics;
    struct str
        queue_metrics; /* what queue.metrics() last said, and when; only of the loop that is asked */
    uint64_t queue_metrics_ms;
};

static inline struct loop *loop_of(h2o_req_t *req)
{
    return H2O_STRUCT_FROM_MEMBER(struct loop, h2o, req->conn->ctx);
}

/* The number of the municipality with this UUID, or 0. */
int32_t tenants_find(const struct tenants *tenants, struct str id);

#endif
