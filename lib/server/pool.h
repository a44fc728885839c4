/* SPDX-License-Identifier: EUPL-1.2 */
/* Connections to PostgreSQL on one event loop, in pipeline mode (lib/server/transaction.h).
 *
 *   pool_run ─► queue ─► connection: │ prepare, sync │ statement … statement, sync │ … up to `depth`
 *                 └ full, or no connection: TRANSACTION_NOT_RUN at once
 *
 * Transactions that only read travel in groups, with one sync after the last one: one packet to the
 * server, one packet back. A group gathers while the group before it is under way. When a group
 * takes long, the next group uses another connection. When a read fails, PostgreSQL skips the reads
 * after it in the group, and they are run again.
 */
#ifndef MAATWERK_SERVER_POOL_H
#define MAATWERK_SERVER_POOL_H

#include <h2o.h>

#include "lib/server/transaction.h"

struct pool_size {
    unsigned connections; /* at most, whatever pool_limit() allows; opened when no other is free */
    unsigned depth;       /* transactions in flight per connection */
    unsigned queue;       /* transactions that may wait */
    bool groups;          /* for transactions that only read */
};

/* Timeouts of the loop. */
struct pool_times {
    h2o_timeout_t *soon; /* no time: at the end of this turn */
    h2o_timeout_t
        *around; /* how long a group may take before the next group uses another connection */
    h2o_timeout_t *retry; /* how long to wait after a connection was lost, or none could be made */
    h2o_timeout_t
        *refused; /* the same when the server refuses another connection, and others work */
};

struct pool;

/* `conninfo` must stay. The pool opens nothing before pool_limit() allows it. */
struct pool *pool_new(h2o_loop_t *loop, struct pool_times times, const char *conninfo,
                      struct pool_size size);

/* Closes all connections and frees the pool. Transactions in flight end as TRANSACTION_LOST. */
void pool_free(struct pool *pool);

/* Runs the transaction as soon as a connection has room, but not before the end of this turn of
 * the loop. done() may be called before this returns: when too many transactions wait, or when
 * the pool closes. */
void pool_run(struct pool *pool, struct transaction *transaction);

/* From now on the pool uses at most this many connections. Connections above that end their
 * transactions and are then closed. Call this again until they are closed. */
void pool_limit(struct pool *pool, unsigned connections);

/* Whether a transaction waits or is under way. */
bool pool_is_busy(const struct pool *pool);

/* Closes connections whose server does not answer any more. Call this at every tick. */
void pool_watch(struct pool *pool);

/* The present figures of the pool, and how often its queue was full. Only on its own loop. */
enum { POOL_LIMIT, POOL_CONNECTIONS, POOL_IN_FLIGHT, POOL_WAITING, POOL_FULL, POOL_FIGURES };
void pool_look(const struct pool *pool, long long figures[POOL_FIGURES]);

#endif
