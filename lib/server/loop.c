/* SPDX-License-Identifier: EUPL-1.2 */
/* The life of one event loop. */
#include "lib/server/loop.h"

#include <errno.h>
#include <h2o/http1.h>
#include <netinet/tcp.h>

#include "lib/base/clock.h"
#include "lib/server/log.h"
#include "lib/server/login.h"
#include "lib/server/metrics.h"
#include "lib/server/wake.h"

enum {
    CONNECTIONS_MAX = 4000,
    ACCEPTS_MAX = 16,          /* in one turn of the loop */
    CLIENT_STALLED_MS = 20000, /* a client that stops reading loses its connection */
    DEADLINE_MS = 5000,
    STATEMENT_MS = 4000, /* less than DEADLINE_MS: a statement ends before its request does */
    RETRY_MS = 500,
    AROUND_MS = 10,
    TICK_MS = 100,
    DRAIN_LEAST_MS = 200,
    DRAIN_MOST_MS = 10000,
};

static void on_close(void *data)
{
    struct loop *loop = data;
    atomic_fetch_sub(&loop->connections, 1);
}

static void on_accept(h2o_socket_t *listener, const char *error)
{
    struct loop *loop = listener->data;
    if (error)
        return;
    for (int i = 0; i < ACCEPTS_MAX; i++) {
        h2o_socket_t *socket = h2o_evloop_socket_accept(listener);
        if (!socket)
            return;
        if (atomic_fetch_add(&loop->connections, 1) >= CONNECTIONS_MAX) {
            atomic_fetch_sub(&loop->connections, 1);
            h2o_socket_close(socket);
            continue;
        }
        int timeout_ms = CLIENT_STALLED_MS;
        setsockopt(h2o_socket_get_fd(socket), IPPROTO_TCP, TCP_USER_TIMEOUT, &timeout_ms,
                   sizeof timeout_ms);
        socket->on_close.cb = on_close;
        socket->on_close.data = loop;
        h2o_accept(listener == loop->listeners[LISTENER_API] ? &loop->api : &loop->management,
                   socket);
    }
}

static void stop_listening(struct loop *loop)
{
    for (int i = 0; i < LISTENERS; i++)
        if (loop->listeners[i]) {
            h2o_socket_read_stop(loop->listeners[i]);
            h2o_socket_close(loop->listeners[i]);
            loop->listeners[i] = NULL;
        }
}

static void on_tick(h2o_timeout_entry_t *entry)
{
    struct loop *loop = H2O_STRUCT_FROM_MEMBER(struct loop, ticker, entry);
    log_flush(loop->log);
    metrics_sample(loop);
    token_cache_sweep(loop->tokens, time(NULL));
    for (size_t i = 0; i < loop->server->services_count; i++) {
        pool_watch(loop->reads[i]);
        pool_watch(loop->writes[i]);
    }
    h2o_timeout_link(loop->h2o.loop, &loop->tick, &loop->ticker);
}

static void listen_on(struct loop *loop, enum listener number, int fd)
{
    loop->listeners[number] =
        h2o_evloop_socket_create(loop->h2o.loop, fd, H2O_SOCKET_FLAG_DONT_READ);
    loop->listeners[number]->data = loop;
    h2o_socket_read_start(loop->listeners[number], on_accept);
}

void loop_start(struct loop *loop, struct server *server, int api_fd)
{
    static const struct pool_size reads = {4, 32, 2000, true}, writes = {8, 4, 1000, false};
    const char *options =
        "-c lock_timeout=3000 -c datestyle=ISO -c client_connection_check_interval=1000"
        " -c jit=off -c plan_cache_mode=force_generic_plan";
    loop->server = server;
    h2o_context_init(&loop->h2o, h2o_evloop_create(), &server->h2o);
    h2o_timeout_init(loop->h2o.loop, &loop->deadline, DEADLINE_MS);
    h2o_timeout_init(loop->h2o.loop, &loop->retry, RETRY_MS);
    h2o_timeout_init(loop->h2o.loop, &loop->around, AROUND_MS);
    h2o_timeout_init(loop->h2o.loop, &loop->tick, TICK_MS);
    loop->api = (h2o_accept_ctx_t){.ctx = &loop->h2o, .hosts = server->api_hosts};
    loop->management = (h2o_accept_ctx_t){.ctx = &loop->h2o, .hosts = server->management_hosts};
    struct pool_times times = {&loop->h2o.zero_timeout, &loop->around, &loop->retry};
    for (size_t i = 0; i < server->services_count; i++) {
        const char *conninfo =
            config_conninfo(&server->config, server->services[i]->name, STATEMENT_MS, options);
        loop->reads[i] = pool_new(loop->h2o.loop, times, conninfo, reads);
        loop->writes[i] = pool_new(loop->h2o.loop, times, conninfo, writes);
    }
    loop->tokens = login_cache_new();
    loop->wake = wake_new(loop->h2o.loop, server->config.redis);
    loop->log = log_new();
    loop->metrics = metrics_new(server);
    loop->ticker.cb = on_tick;
    h2o_timeout_link(loop->h2o.loop, &loop->tick, &loop->ticker);
    listen_on(loop, LISTENER_API, api_fd);
}

void loop_listen_management(struct loop *loop, int fd)
{
    listen_on(loop, LISTENER_MANAGEMENT, fd);
}

static void loop_end(struct loop *loop)
{
    log_flush(loop->log);
    for (size_t i = 0; i < loop->server->services_count; i++) {
        pool_free(loop->reads[i]);
        pool_free(loop->writes[i]);
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
            stop_listening(loop);
            h2o_context_request_shutdown(&loop->h2o);
        }
        int64_t left_ms = until_ms - clock_ms();
        if (left_ms < 0 || (!loop->exchanges && left_ms < DRAIN_MOST_MS - DRAIN_LEAST_MS))
            break;
    }
    loop_end(loop);
    return NULL;
}
