/* SPDX-License-Identifier: EUPL-1.2 */
/* The caller of a request, by its token. A token that was verified is remembered for a minute. */
#ifndef MAATWERK_SERVER_LOGIN_H
#define MAATWERK_SERVER_LOGIN_H

#include "lib/server/exchange.h"

/* Verifies the token of the request and fills exchange->actor. Returns ERR_UNAUTHENTICATED when
 * there is no valid token, or when its municipality or role is not known. */
enum err login_check(struct exchange *exchange) MUST_CHECK;

/* The memory of verified tokens of one loop. */
struct token_cache *login_cache_new(void);

#endif
