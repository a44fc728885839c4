/* SPDX-License-Identifier: EUPL-1.2 */
/* One connection to PostgreSQL on an event loop, in pipeline mode: its state, the statements
 * that it has prepared, and the transactions in flight. */
#ifndef MAATWERK_SERVER_CONNECTION_H
#define MAATWERK_SERVER_CONNECTION_H

#include <h2o.h>

#include "lib/base/err.h"
#include "lib/base/limits.h"
#include "lib/server/transaction.h"

enum {
    CONNECTION_ENTRIES = 128, /* segments in flight: transactions and prepares */
    CONNECTION_PREPARED =
        4
        * LIMIT_QUERIES, /* room for names; the connection is made again when half of it is used */
    CONNECTION_SEGMENTS =
        LIMIT_PLAN + 3
        + 1, /* of one transaction: its prepares, those of the context and the key, and itself */
};

enum connection_state {
    CONNECTION_CLOSED,
    CONNECTION_CONNECTING,
    CONNECTION_READY,
    CONNECTION_WAITING
};

struct connection;

/* What the connections of one owner share, and what they tell their owner. */
struct connection_owner {
    h2o_loop_t *loop;
    const char *conninfo;
    /* The connection has room for a transaction. */
    void (*on_ready)(struct connection_owner *owner);
    /* The connection broke or could not be made; it is closed. */
    void (*on_lost)(struct connection_owner *owner, struct connection *connection);
    /* The transaction was not run because one before it failed: it must be run again. */
    void (*on_skipped)(struct connection_owner *owner, struct transaction *transaction);
};

struct connection {
    struct connection_owner *owner;
    PGconn *pg;
    h2o_socket_t *socket;
    enum connection_state state;
    struct connection_entry {
        struct transaction *transaction; /* NULL for a prepare */
        struct statement *at;            /* the statement that gets the next result */
        bool skipped;                    /* not run, because a transaction before it failed */
        bool synced;                     /* a sync follows it */
    } entries[CONNECTION_ENTRIES];
    unsigned head, count, transactions;
    uint64_t since_ms; /* when the server last said something, or was last asked something */
    uint64_t sent_ms;  /* when the question was sent that the server answers now */
    bool open;         /* no sync follows the last transaction yet */
    uint64_t prepared[CONNECTION_PREPARED];
    unsigned prepared_count;
    bool refused; /* it was closed before it was ready */
    h2o_timeout_entry_t retry;
};

/* Starts to connect. Later, or before this returns, on_ready() or on_lost() is called. */
void connection_open(struct connection *connection);

/* Gives the transaction to the connection. Returns false when the connection turned out to be
 * broken; nothing was sent, and on_lost() was called. */
bool connection_send(struct connection *connection, struct transaction *transaction) MUST_CHECK;

/* Ends the group of transactions that only read, and sends it. */
void connection_sync(struct connection *connection);

/* Whether the server has said nothing for too long: a machine that stops does not tell us. */
bool connection_is_silent(const struct connection *connection);

/* Closes the connection; transactions in flight end as TRANSACTION_LOST. Calls no function of
 * the owner. */
void connection_close(struct connection *connection);

#endif
