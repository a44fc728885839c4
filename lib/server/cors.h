/* SPDX-License-Identifier: EUPL-1.2 */
/* Which web pages may call the API (CORS, Fetch Standard section 3.2). A municipality names the origins
 * of its portals; without a name no page of another origin gets an answer that it may read. Cookies play
 * no part, so credentials are never allowed. */
#ifndef MAATWERK_SERVER_CORS_H
#define MAATWERK_SERVER_CORS_H

#include "lib/server/exchange.h"

/* Whether the request asks in advance what a page may send (a preflight). */
bool cors_asks(const h2o_req_t *req);

/* Adds what a page of an allowed origin may send to `route`. A preflight has no token, so an origin is
 * allowed that any municipality allows. Returns false when it is allowed nothing. */
bool cors_grant(struct exchange *exchange, const struct route *route);

/* Adds to an answer that a page of this origin may read it, when the municipality of the caller allows
 * the origin. */
void cors_open(struct exchange *exchange);

#endif
