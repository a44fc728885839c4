/* SPDX-License-Identifier: EUPL-1.2 */
/* The life of one event loop. */
#include "lib/server/loop.h"

#include <errno.h>
#include <h2o/http1.h>
#include <netinet/tcp.h>

#include "lib/base/clock.h"
#include "lib/server/budget.h"
#include "lib/server/denial.h"
#include "lib/server/listen.h"
#include "lib/server/log.h"
#include "lib/server/login.h"
#include "lib/server/look.h"
#include "lib/server/metrics.h"
#include "lib/server/wake.h"

enum {
    CONNECTIONS_MAX = 4000,
    ACCEPTS_MAX = 16,          /* in one turn of the loop */
    CLIENT_STALLED_MS = 20000, /* a client that stops reading loses its connection */
    DEADLINE_MS = 5000,
    STATEMENT_MS = 4000, /* less than DEADLINE_MS: a statement ends before its request does */
    RETRY_MS = 500,
    REFUSED_MS = 5000,
    AROUND_MS = 10,
    GATHER_MS = 2,
    TICK_MS = 100,
    DRAIN_LEAST_MS = 200,
    DRAIN_MOST_MS = 10000,
};

static void on_close(void *data)
{
    struct loop *loop = data;
    atomic_fetch_sub(&loop->connections, 1);
}

/* Returns false when no client waits. */
static bool accept_client(struct loop *loop, h2o_socket_t *listener)
{
    h2o_socket_t *socket = h2o_evloop_socket_accept(listener);
    if (!socket)
        return false;
    if (atomic_fetch_add(&loop->connections, 1) >= CONNECTIONS_MAX) {
        atomic_fetch_sub(&loop->connections, 1);
        h2o_socket_close(socket);
        return true;
    }
    int timeout_ms = CLIENT_STALLED_MS;
    setsockopt(h2o_socket_get_fd(socket), IPPROTO_TCP, TCP_USER_TIMEOUT, &timeout_ms,
               sizeof timeout_ms);
    socket->on_close.cb = on_close;
    socket->on_close.data = loop;
    h2o_accept(listener == loop->listeners[LISTENER_API] ? &loop->api : &loop->management, socket);
    return true;
}

static void on_accept(h2o_socket_t *listener, const char *error)
{
    for (int i = 0; i < ACCEPTS_MAX && !error; i++)
        if (!accept_client(listener->data, listener))
            return;
}

void loop_listen(struct loop *loop, enum listener number, int fd)
{
    loop->listeners[number] =
        h2o_evloop_socket_create(loop->h2o.loop, fd, H2O_SOCKET_FLAG_DONT_READ);
    loop->listeners[number]->data = loop;
    h2o_socket_read_start(loop->listeners[number], on_accept);
}

/* The kernel resets clients that wait on a socket that is closed, so they are accepted before. */
static void stop_listening(struct loop *loop, enum listener number)
{
    h2o_socket_t *listener = loop->listeners[number];
    if (!listener)
        return;
    h2o_socket_read_stop(listener);
    while (accept_client(loop, listener))
        ;
    h2o_socket_close(listener);
    loop->listeners[number] = NULL;
}

/* Begins to rest: the loop accepts no new clients, and closes the connections of its clients
 * after their answers. */
static void rest(struct loop *loop)
{
    stop_listening(loop, LISTENER_API);
    h2o_context_request_shutdown(&loop->h2o);
}

static bool wake_up(struct loop *loop)
{
    int fd;
    if (!listen_open(loop->server->config.listen, &fd))
        return false;
    loop->h2o.shutdown_requested = 0;
    loop_listen(loop, LISTENER_API, fd);
    return true;
}

/* Lets the loop rest or wake up, and limits its pools. A resting loop keeps one connection to
 * read and one to write until its last client is gone. Returns false when it cannot listen. */
static bool follow_budget(struct loop *loop)
{
    struct server *server = loop->server;
    int awake = atomic_load(&server->awake);
    bool rests = loop - server->loops >= awake, good = true;
    bool listens = loop->listeners[LISTENER_API] != NULL;
    if (rests && listens)
        rest(loop);
    else if (!rests && !listens && !atomic_load(&server->draining))
        good = wake_up(loop);
    for (size_t i = 0; i < server->services_count; i++) {
        struct share share = {1, 1};
        if (!rests)
            share = budget_share(atomic_load(&server->budgets[i]), awake);
        else if (!atomic_load(&loop->connections))
            share = (struct share){0, 0};
        pool_limit(loop->reads[i], share.reads);
        pool_limit(loop->writes[i], share.writes);
    }
    return good;
}

static void on_tick(h2o_timeout_entry_t *entry)
{
    struct loop *loop = H2O_STRUCT_FROM_MEMBER(struct loop, ticker, entry);
    log_flush(loop->log);
    denials_flush(loop->denials);
    metrics_sample(loop);
    token_cache_sweep(loop->tokens, time(NULL));
    (void)follow_budget(loop); /* a loop that cannot listen tries again at the next tick */
    for (size_t i = 0; i < loop->server->services_count; i++) {
        pool_watch(loop->reads[i]);
        pool_watch(loop->writes[i]);
    }
    h2o_timeout_link(loop->h2o.loop, &loop->tick, &loop->ticker);
}

bool loop_start(struct loop *loop, struct server *server)
{
    static const struct pool_size reads = {POOL_READS, 32, 2000, true},
                                  writes = {POOL_WRITES, 4, 1000, false};
    const char *options =
        "-c lock_timeout=3000 -c datestyle=ISO -c client_connection_check_interval=1000"
        " -c jit=off -c plan_cache_mode=force_generic_plan";
    loop->server = server;
    h2o_context_init(&loop->h2o, h2o_evloop_create(), &server->h2o);
    h2o_timeout_init(loop->h2o.loop, &loop->deadline, DEADLINE_MS);
    h2o_timeout_init(loop->h2o.loop, &loop->retry, RETRY_MS);
    h2o_timeout_init(loop->h2o.loop, &loop->refused, REFUSED_MS);
    h2o_timeout_init(loop->h2o.loop, &loop->around, AROUND_MS);
    h2o_timeout_init(loop->h2o.loop, &loop->gather, GATHER_MS);
    h2o_timeout_init(loop->h2o.loop, &loop->tick, TICK_MS);
    loop->api = (h2o_accept_ctx_t){.ctx = &loop->h2o, .hosts = server->api_hosts};
    loop->management = (h2o_accept_ctx_t){.ctx = &loop->h2o, .hosts = server->management_hosts};
    struct pool_times times = {&loop->h2o.zero_timeout, &loop->around, &loop->retry,
                               &loop->refused};
    for (size_t i = 0; i < server->services_count; i++) {
        const char *conninfo =
            config_conninfo(&server->config, server->services[i]->name, STATEMENT_MS, options);
        loop->reads[i] = pool_new(loop->h2o.loop, times, conninfo, reads);
        loop->writes[i] = pool_new(loop->h2o.loop, times, conninfo, writes);
        loop->looks[i] = looks_new(loop, i);
    }
    loop->denials = denials_new(loop);
    loop->tokens = login_cache_new();
    loop->wake = wake_new(loop->h2o.loop, &server->config, server->services[0]->name);
    loop->log = log_new();
    loop->metrics = metrics_new(server);
    loop->ticker.cb = on_tick;
    h2o_timeout_link(loop->h2o.loop, &loop->tick, &loop->ticker);
    return follow_budget(loop);
}

static void loop_end(struct loop *loop)
{
    log_flush(loop->log);
    for (size_t i = 0; i < loop->server->services_count; i++) {
        pool_free(loop->reads[i]);
        pool_free(loop->writes[i]);
        looks_free(loop->looks[i]);
    }
    wake_free(loop->wake);
    token_cache_free(loop->tokens);
    log_free(loop->log);
    free((char *)loop->queue_metrics.at);
}

void *loop_thread(void *data)
{
    struct loop *loop = data;
    int64_t until_ms = 0;
    for (;;) {
        h2o_evloop_run(loop->h2o.loop, TICK_MS);
        if (!atomic_load(&loop->server->draining))
            continue;
        if (!until_ms) {
            until_ms = clock_ms() + DRAIN_MOST_MS;
            stop_listening(loop, LISTENER_API);
            stop_listening(loop, LISTENER_MANAGEMENT);
            h2o_context_request_shutdown(&loop->h2o);
        }
        int64_t left_ms = until_ms - clock_ms();
        bool done = !loop->exchanges && denials_are_done(loop->denials);
        if (left_ms < 0 || (done && left_ms < DRAIN_MOST_MS - DRAIN_LEAST_MS))
            break;
    }
    loop_end(loop);
    return NULL;
}
