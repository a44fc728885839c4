/* SPDX-License-Identifier: EUPL-1.2 */
/* Connections to PostgreSQL on one event loop, in pipeline mode. A transaction is what stands
 * between two syncs: it commits at its sync or rolls back by itself, and never touches its
 * neighbours.
 *
 *   pool_run ─► queue ─► connection: │ prepare, sync │ statement … statement, sync │ … up to `depth`
 *                 └ full, or nobody to ask: TRANSACTION_NOT_RUN at once
 *
 * Those that only read travel in groups, with one sync behind the last: one packet there, one back.
 * A group gathers while the one before is under way; one that takes long is gone around on another
 * connection. A read that fails takes those behind it along, which are run again.
 */
#ifndef MAATWERK_SERVER_POOL_H
#define MAATWERK_SERVER_POOL_H

#include <h2o.h>

#include "lib/server/transaction.h"

struct pool_size {
    unsigned connections; /* at most, whatever pool_limit() says; opened when no other is free */
    unsigned depth;       /* transactions in flight per connection */
    unsigned queue;       /* transactions that may wait */
    bool groups;          /* for transactions that only read */
};

/* Timeouts of the loop. */
struct pool_times {
    h2o_timeout_t *soon;   /* no time: at the end of this turn */
    h2o_timeout_t *around; /* how long a group may take before it is gone around */
    h2o_timeout_t *retry;  /* how long to wait after a connection was lost, or none could be made */
    h2o_timeout_t
        *refused; /* the same when the server refuses one more: it is full, and others work */
};

struct pool;

/* `conninfo` must stay. The pool opens nothing before pool_limit() allows it. */
struct pool *pool_new(h2o_loop_t *loop, struct pool_times times, const char *conninfo,
                      struct pool_size size);

/* Closes everything; what is in flight ends as TRANSACTION_LOST. */
void pool_free(struct pool *pool);

/* Runs the transaction as soon as a connection has room, at the end of this turn of the loop at the
 * earliest. done() may be called before this returns, when too many wait or the pool closes. */
void pool_run(struct pool *pool, struct transaction *transaction);

/* From now on the pool opens so many connections at most. Those above that end what they do and are
 * closed; to be called again until they are. */
void pool_limit(struct pool *pool, unsigned connections);

/* To be called now and then: gives up connections whose server does not answer any more. */
void pool_watch(struct pool *pool);

/* How it is now, and how often its queue was full; on its own loop. */
enum { POOL_LIMIT, POOL_CONNECTIONS, POOL_IN_FLIGHT, POOL_WAITING, POOL_FULL, POOL_FIGURES };
void pool_look(const struct pool *pool, long long figures[POOL_FIGURES]);

#endif
