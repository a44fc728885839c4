/* SPDX-License-Identifier: EUPL-1.2 */
/* Connections to PostgreSQL on one event loop, in pipeline mode. A transaction is what stands
 * between two syncs: it commits at its sync or rolls back by itself, and never touches its
 * neighbours.
 *
 *   pool_run ─► queue ─► connection: │ prepare, sync │ statement … statement, sync │ … up to `depth`
 *                 └ full, or nobody to ask: TRANSACTION_NOT_RUN at once
 *
 * Those that only read share one sync per turn of the loop: one packet there, one back. One that fails
 * takes those behind it along, which are run again by themselves.
 */
#ifndef MAATWERK_SERVER_POOL_H
#define MAATWERK_SERVER_POOL_H

#include <h2o.h>

#include "lib/db/plan.h"

enum transaction_end {
    TRANSACTION_COMMITTED,
    TRANSACTION_REFUSED, /* an error of the database: rolled back; `error` says which */
    TRANSACTION_LOST,    /* the connection broke after it was sent: it may have been committed */
    TRANSACTION_NOT_RUN, /* nothing was sent */
};

struct transaction {
    struct arena *arena;
    struct statement *first;
    size_t count;
    void (*done)(struct transaction *transaction,
                 enum transaction_end end); /* called once, on the loop */
    void *owner;
    bool reads;      /* writes nothing, and its first statement sets the whole context */
    bool abandoned;  /* set by the owner: while still queued it is dropped */
    PGresult *error; /* ends with the arena */
    struct transaction *next;
};

struct pool_size {
    unsigned connections; /* opened when needed */
    unsigned depth;       /* transactions in flight per connection */
    unsigned open_above;  /* another connection is opened when all have more than this in flight */
    unsigned queue;       /* transactions that may wait */
};

struct pool;

/* `conninfo` must stay. Two timeouts of the loop: `retry`, how long to wait after a failed connect, and
 * `soon`, of no time: at the end of this turn. */
struct pool *pool_new(h2o_loop_t *loop, h2o_timeout_t *retry, h2o_timeout_t *soon,
                      const char *conninfo, struct pool_size size);

/* Closes everything; what is in flight ends as TRANSACTION_LOST. */
void pool_free(struct pool *pool);

/* Runs the transaction as soon as a connection has room, at the end of this turn of the loop at the
 * earliest when it only reads. done() may be called before this returns. */
void pool_run(struct pool *pool, struct transaction *transaction);

/* To be called now and then: gives up connections whose server does not answer any more. */
void pool_watch(struct pool *pool);

/* How it is now, and how often its queue was full; on its own loop. */
enum { POOL_CONNECTIONS, POOL_IN_FLIGHT, POOL_WAITING, POOL_FULL, POOL_FIGURES };
void pool_look(const struct pool *pool, long long figures[POOL_FIGURES]);

#endif
