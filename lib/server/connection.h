/* SPDX-License-Identifier: EUPL-1.2 */
/* One connection of a pool: from connect to lost, what it has prepared, what is in flight.
 * Only for pool.c. */
#ifndef MAATWERK_SERVER_CONNECTION_H
#define MAATWERK_SERVER_CONNECTION_H

#include "lib/base/limits.h"
#include "lib/server/pool.h"

enum {
    CONNECTION_ENTRIES = 128,                 /* segments in flight: transactions and prepares */
    CONNECTION_PREPARED = 4 * LIMIT_QUERIES,  /* places for names; renewed when half full */
    CONNECTION_SEGMENTS = LIMIT_PLAN + 3 + 1, /* of a transaction: its prepares, with those of the
                                                  context and the key, and itself */
};

enum connection_state {
    CONNECTION_CLOSED,
    CONNECTION_CONNECTING,
    CONNECTION_READY,
    CONNECTION_WAITING
};

struct connection {
    struct pool *pool;
    PGconn *pg;
    h2o_socket_t *socket;
    enum connection_state state;
    struct connection_entry {
        struct transaction *transaction; /* NULL: a prepare */
        struct statement *at;            /* next to get its result */
        bool skipped;                    /* one before it failed: not run */
        bool synced;                     /* a sync comes behind it */
    } entries[CONNECTION_ENTRIES];
    unsigned head, count, transactions;
    uint64_t since_ms; /* when the server said something last, or was asked something last */
    uint64_t sent_ms;  /* when it was asked what is answered now */
    bool open;         /* no sync behind the last one yet */
    uint64_t prepared[CONNECTION_PREPARED];
    unsigned prepared_count;
    h2o_timeout_entry_t retry;
};

/* Starts to connect; ends in pool_ready() or pool_lost(), later or at once. */
void connection_open(struct connection *connection);

/* Gives the transaction to the connection. Returns false, nothing sent, when that turned out to be
 * broken. */
bool connection_send(struct connection *connection, struct transaction *transaction);

/* Ends and sends what those that only read have begun. */
void connection_sync(struct connection *connection);

/* Whether what it waits for takes too long: a machine that is gone does not say so. */
bool connection_is_silent(const struct connection *connection);

/* Closes it; transactions in flight end as TRANSACTION_LOST. */
void connection_close(struct connection *connection);

/* Called by the connection: it can be used; it is gone (state CLOSED). */
void pool_ready(struct pool *pool);
void pool_lost(struct pool *pool, struct connection *connection);
h2o_loop_t *pool_loop(const struct pool *pool);
const char *pool_conninfo(const struct pool *pool);

#endif
