/* SPDX-License-Identifier: EUPL-1.2 */
/* Asks with the login role of the first service: every program may read this. */
#include "lib/server/refresh.h"

#include "lib/base/clock.h"
#include "lib/db/connections.h"
#include "lib/server/allowance.h"
#include "lib/server/budget.h"
#include "lib/server/log.h"
#include "lib/server/tenants.h"

enum {
    STATEMENT_MS = 2000,
    QUICK_MS = 500,
    NEWCOMERS = 2, /* connections that a program leaves free for processes that start */
};

/* The budget of a service: its part of the connections of its login role, without the connection
 * that asks, and not more than its part of the connections of the process. */
static int budget_of(const struct server *server, struct connections allowed)
{
    int budget = (allowed.most - NEWCOMERS) / allowed.processes - 1;
    int own = server->config.connections / (int)server->services_count;
    return server->config.connections && own < budget ? own : budget;
}

static void set_budgets(struct server *server, const struct connections *allowed)
{
    int least = CONNECTIONS_UNLIMITED;
    for (size_t i = 0; i < server->services_count; i++) {
        int budget = budget_of(server, allowed[i]);
        atomic_store(&server->budgets[i], budget);
        least = budget < least ? budget : least;
    }
    int awake = budget_loops(least, server->config.threads);
    if (atomic_exchange(&server->awake, awake) != awake)
        log_event("loops-awake", awake < server->config.threads ? "some" : "all");
}

static bool ask(struct server *server)
{
    const struct tenants *tenants = atomic_load(&server->tenants);
    const char *names[LIMIT_SERVICES];
    struct connections allowed[LIMIT_SERVICES];
    if (!tenants_load(server->session, tenants, &tenants)
        || !allowances_load(server->allowances, server->session))
        return false;
    atomic_store(&server->tenants, tenants);
    for (size_t i = 0; i < server->services_count; i++)
        names[i] = server->services[i]->name;
    if (connections_read(server->session, names, server->services_count, allowed) == OK)
        set_budgets(server, allowed);
    return true;
}

void refresh(struct server *server)
{
    int64_t from_ms = clock_ms();
    bool answers = ask(server);
    if (!answers
        && clock_ms() - from_ms < QUICK_MS) /* the connection has broken since the last time */
        answers = ask(server);
    atomic_store(&server->database, answers);
}

void refresh_start(struct server *server)
{
    const char *conninfo =
        config_conninfo(&server->config, server->services[0]->name, STATEMENT_MS, "");
    server->session = session_new(conninfo, STATEMENT_MS);
    server->allowances = allowances_new();
    atomic_store(&server->awake, server->config.threads); /* until the database can be reached */
    refresh(server);
}

void refresh_end(struct server *server)
{
    session_free(server->session);
}
