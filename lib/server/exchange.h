/* SPDX-License-Identifier: EUPL-1.2 */
/* One request, from its arrival to its answer.
 *
 *   handle.c:  route ─► who asks (login.c, hats.c) ─► may they ─► what do they ask (input.c)
 *   execute.c: handler ─► plan ─► one transaction ─► rows, or the error of the database
 *   finish.c:  rows or problem ─► answer
 *
 * The client may close its connection at any moment (`req` becomes NULL), and the deadline may
 * pass. The exchange ends when it has no client any more and the database has answered. */
#ifndef MAATWERK_SERVER_EXCHANGE_H
#define MAATWERK_SERVER_EXCHANGE_H

#include "lib/http/schema.h"
#include "lib/http/uri.h"
#include "lib/server/allowance.h"
#include "lib/server/state.h"
#include "lib/server/transaction.h"

enum exchange_step {
    STEP_MAIN,    /* the plan of the handler */
    STEP_OUTCOME, /* the Idempotency-Key was used before: read what came of that request */
    STEP_SHOW,    /* show what that request made */
};

/* What the client asked of a list. */
struct page {
    int64_t size;
    const struct query_sort *sort;
    bool descending;
    struct str cursor_value, cursor_key; /* absent on the first page */
    struct str owner;                    /* who asks, and what: a cursor belongs to both */
    bool counts;                         /* how many there are in all is asked for too */
    const struct statement *count;       /* the statement that counts them, or NULL */
};

struct exchange {
    struct ctx ctx;
    struct actor actor;
    struct loop *loop;
    h2o_req_t *req;          /* NULL when the client has its answer or is gone */
    struct exchange **guard; /* lives in the pool of req; tells us when req ends */
    const struct route *route;
    struct uri uri;
    struct request request;
    enum scope scope;
    struct known *known; /* what login.c found of the token; NULL while others are served */
    bool as_hat;         /* the client named a hat: `as` */
    bool as_text;        /* the client prefers the other form of the answer: operation->text */
    bool hats_asked;     /* the hats were read for this request */
    struct uuid as;
    void (*go_on)(struct exchange *exchange); /* chooses a hat, and runs the request with it */
    field_set mask;                           /* fields that may be shown */
    struct page page;
    struct str if_none_match, key, fingerprint;
    struct plan plan;
    struct transaction transaction;
    enum exchange_step step;
    int replayed_status;      /* in STEP_SHOW: the status of the first answer; else 0 */
    struct allowance_use use; /* what the caller has left; nothing until the caller is known */
    uint64_t caller;          /* stands for the user (allowance_user()) */
    bool in_database;         /* a transaction is under way */
    struct str whose;         /* candidates whom the answer shows, as an array of PostgreSQL */
    void (*noted)(struct exchange *exchange,
                  bool noted);   /* called when it is in the log (look.h) */
    struct exchange *noted_next; /* of those that wait for that */
    int tries; /* how often the transaction ran again because the database asked for it */
    bool late; /* somebody else wrote first what excludes this, and the transaction runs again */
    h2o_timeout_entry_t deadline;
    int64_t started_us;
};

/* Frees the exchange when it has no client any more and no transaction is under way. */
void exchange_release(struct exchange *exchange);

/* Why persons are shown to this caller, or counted, by this operation: what the role is for, else what the
 * operation says. NULL: nobody is shown. */
const char *exchange_purpose(const struct exchange *exchange);

/* The value of a query parameter, or absent. */
struct str exchange_parameter(const struct exchange *exchange, const char *name);

#endif
