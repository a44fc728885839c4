/* SPDX-License-Identifier: EUPL-1.2 */
/* The caller of a request: the token says which login it is, and the database which hats the user of
 * that login has. Claims of the token narrow them. A request acts with one hat. A token that was
 * verified, and the hats of its user, are remembered for a minute; whether the hat is still there is
 * asked by the first statement of each transaction. */
#ifndef MAATWERK_SERVER_LOGIN_H
#define MAATWERK_SERVER_LOGIN_H

#include <libpq-fe.h>

#include "lib/server/exchange.h"

struct token_cache;

/* Verifies the token of the request, fills exchange->actor as far as the token says, and reads the
 * header As. Returns ERR_UNAUTHENTICATED when there is no valid token, or when its municipality or role
 * is not known; ERR_INVALID, with the fault noted, when the header is no UUID. */
enum err login_check(struct exchange *exchange) MUST_CHECK;

enum login {
    LOGIN_CHOSEN,    /* the actor has a hat with which it may call the operation */
    LOGIN_FORBIDDEN, /* it has a hat, and with none may it call the operation */
    LOGIN_NO_HAT,    /* none, as far as is known */
    LOGIN_UNCLEAR,   /* it may call the operation with more than one, and which matters */
};

/* Gives the actor, of its hats that are known, the widest with which it may call the operation; with the
 * header As, that one or none. Nobody guesses with which hat somebody writes, or is shown persons. */
enum login login_choose(struct exchange *exchange) MUST_CHECK;

/* Notes that the header As is needed, and which hats it may name. */
void login_note_hats(struct exchange *exchange);

/* Adds the statement that reads the hats. */
void login_ask(struct exchange *exchange, struct plan *plan);

/* Remembers what that statement answered. */
void login_learn(struct exchange *exchange, const PGresult *rows);

/* The memory of verified tokens of one loop. */
struct token_cache *login_cache_new(void);

#endif
