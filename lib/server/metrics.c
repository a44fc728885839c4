/* SPDX-License-Identifier: EUPL-1.2 */
/* One thread counts, another thread reads. */
#include "lib/server/metrics.h"

#include "lib/base/histogram.h"
#include "lib/server/denial.h"

enum { BOUNDS = 6 /* up to 2.5 s: the deadline is 5 s */ };

static const int statuses[] = {
    200, 201, 204, 304, 400, 401, 403, 404, 405, 406, 409, 412,
    413, 414, 415, 422, 428, 429, 431, 500, 503, 504, 0 /* any other status */};
enum { STATUSES = sizeof statuses / sizeof *statuses };

struct tally {
    atomic_llong statuses[STATUSES];
    struct histogram took;
};

struct metrics {
    size_t first[LIMIT_SERVICES
                 + 1]; /* index of the first operation of each service; the last: no operation */
    struct tally *tallies;
    atomic_llong exchanges;
    atomic_llong pools[2 * LIMIT_SERVICES]
                      [POOL_FIGURES]; /* of the pools for reads and for writes of each service */
};

struct metrics *metrics_new(const struct server *server)
{
    struct metrics *metrics = calloc(1, sizeof *metrics);
    size_t count = 0;
    if (!metrics)
        abort();
    for (size_t s = 0; s < server->services_count; s++) {
        metrics->first[s] = count;
        count += server->services[s]->count;
    }
    metrics->first[server->services_count] = count;
    metrics->tallies = calloc(count + 1, sizeof *metrics->tallies);
    if (!metrics->tallies)
        abort();
    return metrics;
}

static int status_index(int status)
{
    int i = 0;
    while (statuses[i] && statuses[i] != status)
        i++;
    return i;
}

void metrics_request(struct metrics *metrics, const struct exchange *exchange, int status,
                     int64_t took_us)
{
    const struct server *server = exchange->loop->server;
    const struct operation *operation = exchange->request.operation;
    size_t at = metrics->first[server->services_count];
    if (operation) {
        size_t service = exchange->route->service;
        at = metrics->first[service] + (size_t)(operation - server->services[service]->operations);
    }
    figure_add(&metrics->tallies[at].statuses[status_index(status)], 1);
    histogram_add(&metrics->tallies[at].took, took_us, 1);
}

static void set(atomic_llong *figure, long long value)
{
    atomic_store_explicit(figure, value, memory_order_relaxed);
}

void metrics_sample(struct loop *loop)
{
    set(&loop->metrics->exchanges, loop->exchanges);
    for (size_t i = 0; i < 2 * loop->server->services_count; i++) {
        long long figures[POOL_FIGURES];
        pool_look(i % 2 ? loop->writes[i / 2] : loop->reads[i / 2], figures);
        for (int f = 0; f < POOL_FIGURES; f++)
            set(&loop->metrics->pools[i][f], figures[f]);
    }
}

static void print_head(struct buf *out, const char *name, const char *type, const char *help)
{
    buf_print(out, "# HELP maatwerk_%s %s\n# TYPE maatwerk_%s %s\n", name, help, name, type);
}

/* Adds up all loops. */
static void sum(const struct server *server, size_t at, struct tally *ret)
{
    for (int l = 0; l < server->config.threads; l++) {
        const struct tally *one = &server->loops[l].metrics->tallies[at];
        for (int i = 0; i < STATUSES; i++)
            figure_add(&ret->statuses[i], figure_read(&one->statuses[i]));
        histogram_join(&ret->took, &one->took);
    }
}

static const char *operation_id(const struct server *server, size_t at)
{
    const size_t *first = server->loops[0].metrics->first;
    for (size_t s = 0; s < server->services_count; s++)
        if (at < first[s + 1])
            return server->services[s]->operations[at - first[s]].id;
    return "none";
}

/* Only for operations that were called. */
static void print_requests(struct buf *out, const struct server *server)
{
    size_t count = server->loops[0].metrics->first[server->services_count] + 1;
    struct buf times = buf_in(out->arena);
    print_head(out, "requests_total", "counter", "Answers, by operation of the contract.");
    print_head(&times, "request_seconds", "histogram", "From request to answer.");
    for (size_t at = 0; at < count; at++) {
        struct tally all = {0};
        const char *id = operation_id(server, at);
        long long answers = 0;
        sum(server, at, &all);
        for (int i = 0; i < STATUSES; i++) {
            long long value = figure_read(&all.statuses[i]);
            answers += value;
            if (value)
                buf_print(out, "maatwerk_requests_total{operation=\"%s\",status=\"%d\"} %lld\n", id,
                          statuses[i], value);
        }
        if (answers)
            histogram_print(&times, "maatwerk_request_seconds",
                            arena_print(out->arena, "operation=\"%s\"", id).at, BOUNDS, &all.took);
    }
    buf_add(out, buf_str(&times));
}

static void print_loops(struct buf *out, const struct server *server)
{
    print_head(out, "connections", "gauge", "Open connections of clients.");
    for (int l = 0; l < server->config.threads; l++)
        buf_print(out, "maatwerk_connections{loop=\"%d\"} %u\n", l,
                  atomic_load_explicit(&server->loops[l].connections, memory_order_relaxed));
    print_head(out, "requests_in_flight", "gauge", "Requests that have no answer yet.");
    for (int l = 0; l < server->config.threads; l++)
        buf_print(out, "maatwerk_requests_in_flight{loop=\"%d\"} %lld\n", l,
                  figure_read(&server->loops[l].metrics->exchanges));
}

static void print_pools(struct buf *out, const struct server *server, const char *name, int figure)
{
    for (int l = 0; l < server->config.threads; l++)
        for (size_t i = 0; i < 2 * server->services_count; i++)
            buf_print(out, "maatwerk_%s{service=\"%s\",pool=\"%s\",loop=\"%d\"} %lld\n", name,
                      server->services[i / 2]->name, i % 2 ? "write" : "read", l,
                      figure_read(&server->loops[l].metrics->pools[i][figure]));
}

/* What counts as a denial, and what somebody had besides. */
static void print_denials(struct buf *out, const struct server *server)
{
    long long dropped = 0;
    print_head(out, "denials_total", "counter", "Calls that were refused, by problem.");
    for (int p = 0; p < PROBLEM_COUNT; p++) {
        long long count = 0;
        for (int l = 0; l < server->config.threads; l++)
            count += denials_count(server->loops[l].denials, (enum problem_code)p);
        if (count || problem_at((enum problem_code)p)->noted)
            buf_print(out, "maatwerk_denials_total{problem=\"%s\"} %lld\n",
                      problem_at((enum problem_code)p)->code, count);
    }
    for (int l = 0; l < server->config.threads; l++)
        dropped += denials_dropped(server->loops[l].denials);
    print_head(out, "denials_dropped_total", "counter", "Denials that are not in the audit.");
    buf_print(out, "maatwerk_denials_dropped_total %lld\n", dropped);
}

void metrics_print(struct buf *out, const struct server *server)
{
    static const struct {
        const char *name, *type, *help;
    } figures[POOL_FIGURES] = {
        [POOL_LIMIT] = {"pool_limit", "gauge", "Connections to PostgreSQL that the pool may open."},
        [POOL_CONNECTIONS] = {"pool_connections", "gauge", "Open connections to PostgreSQL."},
        [POOL_IN_FLIGHT] = {"pool_in_flight", "gauge",
                            "Transactions that were sent to PostgreSQL."},
        [POOL_WAITING] = {"pool_waiting", "gauge", "Transactions that wait for a connection."},
        [POOL_FULL] = {"pool_full_total", "counter", "Transactions refused: too many waited."},
    };
    print_requests(out, server);
    print_loops(out, server);
    print_denials(out, server);
    for (int i = 0; i < POOL_FIGURES; i++) {
        print_head(out, figures[i].name, figures[i].type, figures[i].help);
        print_pools(out, server, figures[i].name, i);
    }
}
