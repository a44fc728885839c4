/* SPDX-License-Identifier: EUPL-1.2 */
/* A transaction that a pool runs on one of its connections. It is everything between two syncs: it
 * commits at its sync or rolls back by itself, and never touches the transactions next to it. */
#ifndef MAATWERK_SERVER_TRANSACTION_H
#define MAATWERK_SERVER_TRANSACTION_H

#include "lib/db/plan.h"

enum transaction_end {
    TRANSACTION_COMMITTED,
    TRANSACTION_REFUSED, /* the database refused a statement and rolled back; see `error` */
    TRANSACTION_LOST,    /* the connection broke after it was sent: it may have been committed */
    TRANSACTION_NOT_RUN, /* nothing was sent */
};

struct transaction {
    struct arena *arena;
    struct statement *first;
    size_t count;
    /* Called once, on the loop. */
    void (*done)(struct transaction *transaction, enum transaction_end end);
    void *owner;
    bool reads;      /* writes nothing, and its first statement sets the whole context */
    bool abandoned;  /* set by the owner: it is not run if it is still in the queue */
    PGresult *error; /* lives as long as the arena */
    struct transaction *next;
};

#endif
