/* SPDX-License-Identifier: EUPL-1.2 */
/* The state of a program that serves operations: what its threads share (struct server), and
 * what each event loop has for itself (struct loop). A loop is one thread. Loops share nothing
 * but *server, which does not change while they run except for its atomic members. */
#ifndef MAATWERK_SERVER_STATE_H
#define MAATWERK_SERVER_STATE_H

#include <stdatomic.h>

#include "lib/auth/keys.h"
#include "lib/auth/token_cache.h"
#include "lib/base/config.h"
#include "lib/base/limits.h"
#include "lib/server/pool.h"
#include "lib/server/router.h"

enum listener { LISTENER_API, LISTENER_MANAGEMENT, LISTENERS };

struct allowances;
struct session;
struct tenants;

struct server {
    struct config config;
    const struct service *const *services;
    size_t services_count;
    struct router router;
    struct keys *keys;
    _Atomic(const struct tenants *) tenants; /* NULL until it is loaded for the first time */
    atomic_bool draining; /* the program ends: it answers its requests and accepts no others */
    atomic_bool database; /* whether the database answered when it was last asked */
    atomic_int awake; /* so many loops, from the first, take clients; the others rest (budget.h) */
    atomic_int budgets[LIMIT_SERVICES]; /* connections that each service may open, in all loops */
    struct allowances *allowances;      /* how often a user may call */
    struct session *session;            /* the connection over which refresh.c reads all this */
    h2o_globalconf_t h2o;
    h2o_hostconf_t *api_hosts[2], *management_hosts[2];
    struct loop *loops;
};

struct denials;
struct log_buffer;
struct looks;
struct metrics;
struct wake;

struct loop {
    h2o_context_t h2o; /* first: h2o gives us a pointer to it */
    struct server *server;
    pthread_t thread;
    h2o_accept_ctx_t api, management;
    h2o_socket_t *listeners[LISTENERS];
    h2o_timeout_t deadline, retry, refused, around, gather, tick;
    h2o_timeout_entry_t ticker;
    struct pool *reads[LIMIT_SERVICES], *writes[LIMIT_SERVICES];
    struct looks *looks[LIMIT_SERVICES];
    struct denials *denials;
    struct token_cache *tokens;
    struct wake *wake;
    struct log_buffer *log;
    unsigned exchanges; /* requests in flight */
    atomic_uint connections;
    struct metrics *metrics;
    struct str queue_metrics;  /* the last text of queue.metrics(); only of a loop that was asked */
    uint64_t queue_metrics_ms; /* when it was read */
};

/* The loop that the request came in on. */
static inline struct loop *loop_of(h2o_req_t *req)
{
    return H2O_STRUCT_FROM_MEMBER(struct loop, h2o, req->conn->ctx);
}

#endif
