/* SPDX-License-Identifier: EUPL-1.2 */
/* A request from arrival to answer.
 *
 *   handle.c: route ─► who (login.c) ─► may he ─► what (input.c) ─► handler ─► plan
 *   run.c:    plan ─► one transaction ─► rows, or what the database refused ─► answer.c
 *
 * The client may go away at any moment (req becomes NULL), the deadline may pass; the exchange ends
 * when the database has answered too. */
#ifndef MAATWERK_SERVER_EXCHANGE_H
#define MAATWERK_SERVER_EXCHANGE_H

#include "lib/http/problem.h"
#include "lib/server/loop.h"

enum exchange_step {
    STEP_MAIN,    /* the plan of the handler */
    STEP_OUTCOME, /* the Idempotency-Key was there: what became of it? */
    STEP_SHOW,    /* show what the first request made */
};

/* What a list was asked. */
struct page {
    int64_t size;
    const struct query_sort *sort;
    bool descending;
    struct str cursor_value, cursor_key; /* absent on the first page */
    uint64_t filters;                    /* hash of what filters: a cursor belongs to it */
};

struct exchange {
    struct ctx ctx;
    struct actor actor;
    struct loop *loop;
    h2o_req_t *req;          /* NULL when the client went away or has its answer */
    struct exchange **guard; /* lives in the pool of req; tells us when req ends */
    const struct route *route;
    struct uri uri;
    struct request request;
    enum scope scope;
    field_set mask; /* fields that may be shown */
    struct page page;
    struct str if_none_match, key, fingerprint;
    struct plan plan;
    struct transaction transaction;
    enum exchange_step step;
    int replayed_status; /* of the first answer, in STEP_SHOW */
    bool in_database;    /* a transaction is under way */
    int tries;           /* how often the database asked to run it again */
    h2o_timeout_entry_t deadline;
    int64_t started_us;
};

/* The handler of h2o for everything below /v1. */
int exchange_handle(h2o_handler_t *self, h2o_req_t *req);

/* login.c: reads the token; fills exchange->actor. */
enum err exchange_login(struct exchange *exchange);

/* input.c: parameters, headers and body into exchange->request. Returns NULL or the problem. */
const struct problem *exchange_input(struct exchange *exchange);

/* list.c: reads cursor, pageSize, sort; composes the variant of the list's statement
 * that was asked. */
void page_read(struct exchange *exchange);
void page_compose(struct exchange *exchange, struct statement *statement);
/* Writes "items", "pageSize" and "_links" from the rows of `statement`. */
struct str page_print(struct exchange *exchange, const struct statement *statement);

/* run.c: runs the plan of the handler; answers. */
void exchange_run(struct exchange *exchange);

/* answer.c: answers with rows, or with a problem; ends the exchange when the database is
 * done with it. */
void exchange_answer(struct exchange *exchange);
void exchange_refuse(struct exchange *exchange, const struct problem *problem);
/* Ends it when nobody needs it any more. */
void exchange_release(struct exchange *exchange);

/* The value of a query parameter, or absent. */
struct str exchange_parameter(const struct exchange *exchange, const char *name);
/* The value of a request header (lower case name), or absent; *count, when given, says how often
 * it is there. */
struct str request_header(h2o_req_t *req, const char *name, size_t *count);

#endif
