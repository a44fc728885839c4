/* SPDX-License-Identifier: EUPL-1.2 */
/* One connection of a pool: from connect to lost, what it has prepared, what is in flight.
 * Only for pool.c. */
#ifndef MAATWERK_SERVER_CONNECTION_H
#define MAATWERK_SERVER_CONNECTION_H

#include "lib/server/pool.h"

enum {
    CONNECTION_ENTRIES = 128,   /* segments in flight: transactions and prepares */
    CONNECTION_PREPARED = 1024, /* places for names; renewed when half full */
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
    } entries[CONNECTION_ENTRIES];
    unsigned head, count, transactions;
    uint64_t prepared[CONNECTION_PREPARED];
    unsigned prepared_count;
    h2o_timeout_entry_t retry;
};

/* Starts to connect; ends in pool_ready() or pool_lost(), later or at once. */
void connection_open(struct connection *connection);

/* Sends the transaction. Returns false, nothing sent, when the connection turned out to
 * be broken. */
bool connection_send(struct connection *connection, struct transaction *transaction);

/* Closes it; transactions in flight end as TRANSACTION_LOST. */
void connection_close(struct connection *connection);

/* Called by the connection: it can be used; it is gone (state CLOSED). */
void pool_ready(struct pool *pool);
void pool_lost(struct pool *pool, struct connection *connection);
h2o_loop_t *pool_loop(const struct pool *pool);
const char *pool_conninfo(const struct pool *pool);

#endif
