/* SPDX-License-Identifier: EUPL-1.2 */
/* Start, signals, end. */
#include "lib/server/server.h"

#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <sys/resource.h>

#include "lib/base/harden.h"
#include "lib/base/limits.h"
#include "lib/json/parse.h"
#include "lib/server/documents.h"
#include "lib/server/handle.h"
#include "lib/server/listen.h"
#include "lib/server/log.h"
#include "lib/server/loop.h"
#include "lib/server/management.h"
#include "lib/server/refresh.h"

static void configure(struct server *server)
{
    h2o_config_init(&server->h2o);
    server->h2o.server_name = h2o_iovec_init(H2O_STRLIT("maatwerk"));
    server->h2o.max_request_entity_size =
        LIMIT_BODY + 4096; /* each operation has its exact limit */
    server->h2o.http1.req_timeout = 15000;
    server->h2o.http1.upgrade_to_http2 = 0; /* HTTP/2 ends at the proxy: docs/adr/0003 */
    h2o_hostconf_t *api =
        h2o_config_register_host(&server->h2o, h2o_iovec_init(H2O_STRLIT("api")), 65535);
    if (*server->config.docs)
        documents_register_docs(api, server->config.docs);
    h2o_pathconf_t *root = h2o_config_register_path(api, "/", 0);
    h2o_create_handler(root, sizeof(h2o_handler_t))->on_req = documents_handle;
    h2o_create_handler(root, sizeof(h2o_handler_t))->on_req = handle_request;
    h2o_hostconf_t *management =
        h2o_config_register_host(&server->h2o, h2o_iovec_init(H2O_STRLIT("management")), 65535);
    h2o_pathconf_t *all = h2o_config_register_path(management, "/", 0);
    h2o_create_handler(all, sizeof(h2o_handler_t))->on_req = management_handle;
    server->api_hosts[0] = api;
    server->management_hosts[0] = management;
}

static bool start_loops(struct server *server)
{
    server->loops = calloc((size_t)server->config.threads, sizeof *server->loops);
    if (!server->loops)
        abort();
    int management;
    bool listens = listen_open(server->config.management, &management);
    for (int i = 0; i < server->config.threads && listens; i++)
        listens = loop_start(&server->loops[i], server);
    if (!listens) {
        log_event("cannot-listen", strerror(errno));
        return false;
    }
    loop_listen(&server->loops[0], LISTENER_MANAGEMENT, management);
    for (int i = 0; i < server->config.threads; i++)
        if (pthread_create(&server->loops[i].thread, NULL, loop_thread, &server->loops[i]) != 0)
            abort();
    return true;
}

static void wait_for_end(struct server *server, const sigset_t *signals)
{
    bool ready = false;
    for (;;) {
        if (!ready && atomic_load(&server->database)) {
            log_event("ready", server->config.listen);
            ready = true;
        }
        struct timespec pause = {ready ? 2 : 0, ready ? 0 : 100000000};
        int signal = sigtimedwait(signals, NULL, &pause);
        if (signal == SIGTERM || signal == SIGINT)
            return;
        refresh(server);
    }
}

static void raise_limits(void)
{
    struct rlimit files;
    if (getrlimit(RLIMIT_NOFILE, &files) == 0) {
        files.rlim_cur = files.rlim_max;
        setrlimit(RLIMIT_NOFILE, &files);
    }
}

static unsigned keys_wanted(const struct server *server)
{
    for (size_t i = 0; i < server->services_count; i++)
        if (server->services[i]->reads_bsn)
            return KEYS_WITH_BSN;
    return KEYS_PLAIN;
}

int server_run(const struct service *const *services, size_t count)
{
    static struct server server; /* one per process; the loops point to it until the end */
    sigset_t signals;
    harden_process();
    sigemptyset(&signals);
    sigaddset(&signals, SIGTERM);
    sigaddset(&signals, SIGINT);
    pthread_sigmask(SIG_BLOCK, &signals, NULL);
    signal(SIGPIPE, SIG_IGN);
    if (count > LIMIT_SERVICES) {
        log_event("too-many-services", "LIMIT_SERVICES");
        return 1;
    }
    raise_limits();
    json_start();
    server.config = config_read();
    server.services = services;
    server.services_count = count;
    server.router = router_of(services, count);
    if (keys_load(server.config.keys, keys_wanted(&server), &server.keys) != OK) {
        log_event("no-keys", "MAATWERK_KEYS");
        return 1;
    }
    if (!config_is_development(&server.config) && !keys_are_bound(server.keys)) {
        log_event("keys-not-bound", "MAATWERK_KEYS");
        return 1;
    }
    configure(&server);
    refresh_start(&server);
    if (!start_loops(&server))
        return 1;
    wait_for_end(&server, &signals);
    log_event("draining", "");
    atomic_store(&server.draining, true);
    for (int i = 0; i < server.config.threads; i++)
        pthread_join(server.loops[i].thread, NULL);
    refresh_end(&server);
    return 0;
}
