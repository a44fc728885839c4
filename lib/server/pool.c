/* SPDX-License-Identifier: EUPL-1.2 */
/* Choosing a connection for each transaction, and refusing transactions that no connection can
 * run. */
#include "lib/server/pool.h"

#include "lib/server/connection.h"

struct pool {
    struct connection_owner owner;
    struct pool_times times;
    h2o_timeout_entry_t turn;   /* linked when the queue is to be run at the end of this turn */
    h2o_timeout_entry_t around; /* linked when the queue is to be run after the time of a group */
    struct pool_size size;
    unsigned limit; /* how many connections may be used, from the first */
    struct transaction *first, *last;
    unsigned waiting, full;
    bool pumping, closing;
    struct connection connections[];
};

static struct transaction *dequeue(struct pool *pool)
{
    struct transaction *transaction = pool->first;
    pool->first = transaction->next;
    if (!pool->first)
        pool->last = NULL;
    pool->waiting--;
    return transaction;
}

static bool is_under_way(const struct connection *connection)
{
    return connection->count && !connection->open;
}

static bool has_room(const struct pool *pool, const struct connection *connection)
{
    return connection->state == CONNECTION_READY && connection->transactions < pool->size.depth
           && !(pool->size.groups && is_under_way(connection))
           && connection->prepared_count < CONNECTION_PREPARED / 2
           && connection->count <= CONNECTION_ENTRIES - CONNECTION_SEGMENTS;
}

/* The least busy connection with room; for a group, the first with room. NULL when there is
 * none. */
static struct connection *choose(struct pool *pool)
{
    struct connection *best = NULL;
    for (unsigned i = 0; i < pool->limit; i++) {
        struct connection *c = &pool->connections[i];
        if (c->state == CONNECTION_READY && c->prepared_count >= CONNECTION_PREPARED / 2
            && !c->count)
            connection_close(c); /* it knows too many statements: it is made again */
        bool better = !best || (!pool->size.groups && c->transactions < best->transactions);
        if (better && has_room(pool, c))
            best = c;
    }
    return best;
}

static unsigned count_in(const struct pool *pool, enum connection_state state)
{
    unsigned count = 0;
    for (unsigned i = 0; i < pool->size.connections; i++)
        count += pool->connections[i].state == state;
    return count;
}

static void open_one(struct pool *pool)
{
    for (unsigned i = 0; i < pool->limit; i++)
        if (pool->connections[i].state == CONNECTION_CLOSED) {
            connection_open(&pool->connections[i]);
            return;
        }
}

static void link_entry(struct pool *pool, h2o_timeout_t *timeout, h2o_timeout_entry_t *entry)
{
    if (!h2o_timeout_is_linked(entry))
        h2o_timeout_link(pool->owner.loop, timeout, entry);
}

static void unlink_entry(h2o_timeout_entry_t *entry)
{
    if (h2o_timeout_is_linked(entry))
        h2o_timeout_unlink(entry);
}

/* Whether to wait: a group that was just sent is answered soon, and the transactions that arrive
 * until then travel together. */
static bool gathers(const struct pool *pool)
{
    for (unsigned i = 0; i < pool->size.connections && pool->size.groups; i++) {
        const struct connection *c = &pool->connections[i];
        if (is_under_way(c) && h2o_now(pool->owner.loop) - c->sent_ms < pool->times.around->timeout)
            return true;
    }
    return false;
}

static void fail_queue(struct pool *pool)
{
    while (pool->first) {
        struct transaction *transaction = dequeue(pool);
        transaction->done(transaction, TRANSACTION_NOT_RUN);
    }
}

static void pump(struct pool *pool)
{
    if (pool->pumping)
        return; /* it was called from within: the outer loop goes on */
    pool->pumping = true;
    while (pool->first && !gathers(pool)) {
        struct connection *best = choose(pool);
        bool busy = !best || (best->transactions && !pool->size.groups);
        if (busy && !count_in(pool, CONNECTION_CONNECTING))
            open_one(pool);
        if (!best && !(best = choose(pool)))
            break;
        struct transaction *transaction = dequeue(pool);
        if (transaction->abandoned)
            transaction->done(transaction, TRANSACTION_NOT_RUN);
        else if (!connection_send(best, transaction))
            transaction->done(transaction, TRANSACTION_NOT_RUN);
    }
    for (unsigned i = 0; i < pool->size.connections; i++)
        connection_sync(&pool->connections[i]);
    if (pool->first && pool->size.groups)
        link_entry(pool, pool->times.around, &pool->around);
    bool hopeless = !count_in(pool, CONNECTION_READY) && !count_in(pool, CONNECTION_CONNECTING);
    if (hopeless || pool->closing)
        fail_queue(pool);
    pool->pumping = false;
}

static void on_turn(h2o_timeout_entry_t *entry)
{
    pump(H2O_STRUCT_FROM_MEMBER(struct pool, turn, entry));
}

static void on_around(h2o_timeout_entry_t *entry)
{
    pump(H2O_STRUCT_FROM_MEMBER(struct pool, around, entry));
}

static struct pool *pool_of(struct connection_owner *owner)
{
    return H2O_STRUCT_FROM_MEMBER(struct pool, owner, owner);
}

static void on_ready(struct connection_owner *owner)
{
    struct pool *pool = pool_of(owner);
    if (pool->first)
        link_entry(pool, pool->times.soon, &pool->turn);
}

static void on_retry(h2o_timeout_entry_t *entry)
{
    struct connection *connection = H2O_STRUCT_FROM_MEMBER(struct connection, retry, entry);
    if (connection->state == CONNECTION_WAITING)
        connection->state = CONNECTION_CLOSED;
    on_ready(connection->owner);
}

static void on_lost(struct connection_owner *owner, struct connection *connection)
{
    struct pool *pool = pool_of(owner);
    if (pool->closing)
        return;
    bool full = connection->refused && count_in(pool, CONNECTION_READY);
    connection->state = CONNECTION_WAITING;
    connection->retry.cb = on_retry;
    link_entry(pool, full ? pool->times.refused : pool->times.retry, &connection->retry);
    pump(pool);
}

void pool_run(struct pool *pool, struct transaction *transaction)
{
    pool->full += pool->waiting >= pool->size.queue;
    if (pool->waiting >= pool->size.queue || pool->closing) {
        transaction->done(transaction, TRANSACTION_NOT_RUN);
        return;
    }
    transaction->next = NULL;
    if (pool->last)
        pool->last->next = transaction;
    else
        pool->first = transaction;
    pool->last = transaction;
    pool->waiting++;
    link_entry(pool, pool->times.soon, &pool->turn);
}

static void on_skipped(struct connection_owner *owner, struct transaction *transaction)
{
    pool_run(pool_of(owner), transaction);
}

struct pool *pool_new(h2o_loop_t *loop, struct pool_times times, const char *conninfo,
                      struct pool_size size)
{
    struct pool *pool = calloc(1, sizeof *pool + size.connections * sizeof(struct connection));
    if (!pool)
        abort();
    *pool = (struct pool){.owner = {.loop = loop,
                                    .conninfo = conninfo,
                                    .on_ready = on_ready,
                                    .on_lost = on_lost,
                                    .on_skipped = on_skipped},
                          .times = times,
                          .size = size};
    pool->turn.cb = on_turn;
    pool->around.cb = on_around;
    for (unsigned i = 0; i < size.connections; i++)
        pool->connections[i].owner = &pool->owner;
    return pool;
}

void pool_limit(struct pool *pool, unsigned connections)
{
    pool->limit = connections < pool->size.connections ? connections : pool->size.connections;
    for (unsigned i = pool->limit; i < pool->size.connections; i++)
        if (pool->connections[i].state == CONNECTION_READY && !pool->connections[i].count)
            connection_close(&pool->connections[i]);
}

/* Connections that wait for no answer have the same server: they are closed first, so that
 * nothing is sent over them. */
void pool_watch(struct pool *pool)
{
    bool silent = false;
    for (unsigned i = 0; i < pool->size.connections; i++)
        silent |= connection_is_silent(&pool->connections[i]);
    for (unsigned i = 0; silent && i < pool->size.connections; i++)
        if (pool->connections[i].state == CONNECTION_READY && !pool->connections[i].count)
            connection_close(&pool->connections[i]);
    for (unsigned i = 0; silent && i < pool->size.connections; i++)
        if (connection_is_silent(&pool->connections[i])) {
            connection_close(&pool->connections[i]);
            on_lost(&pool->owner, &pool->connections[i]);
        }
}

bool pool_is_busy(const struct pool *pool)
{
    bool busy = pool->waiting;
    for (unsigned i = 0; i < pool->size.connections && !busy; i++)
        busy = pool->connections[i].transactions;
    return busy;
}

void pool_look(const struct pool *pool, long long figures[POOL_FIGURES])
{
    unsigned in_flight = 0;
    for (unsigned i = 0; i < pool->size.connections; i++)
        in_flight += pool->connections[i].transactions;
    figures[POOL_LIMIT] = pool->limit;
    figures[POOL_CONNECTIONS] = count_in(pool, CONNECTION_READY);
    figures[POOL_IN_FLIGHT] = in_flight;
    figures[POOL_WAITING] = pool->waiting;
    figures[POOL_FULL] = pool->full;
}

void pool_free(struct pool *pool)
{
    pool->closing = true;
    unlink_entry(&pool->turn);
    unlink_entry(&pool->around);
    fail_queue(pool);
    for (unsigned i = 0; i < pool->size.connections; i++) {
        connection_close(&pool->connections[i]);
        unlink_entry(&pool->connections[i].retry);
    }
    free(pool);
}
