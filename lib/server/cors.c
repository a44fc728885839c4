/* SPDX-License-Identifier: EUPL-1.2 */
/* The headers of CORS. */
#include "lib/server/cors.h"

#include "lib/server/header.h"
#include "lib/server/tenants.h"

/* What a page may send and read, beside what every page may. */
#define SENDS \
    "authorization, content-type, idempotency-key, if-match, if-none-match, accept-language, as"
#define READS                                                                                          \
    "etag, location, retry-after, idempotency-replayed, x-request-id, api-version, allow, ratelimit, " \
    "ratelimit-policy"

static struct str origin_of(const h2o_req_t *req)
{
    size_t count;
    struct str origin = header_find(req, "origin", &count);
    return count == 1 ? origin : (struct str){0};
}

static bool allows(const struct exchange *exchange, struct str origin)
{
    return tenants_allow(atomic_load(&exchange->loop->server->tenants), exchange->actor.tenant,
                         origin);
}

bool cors_asks(const h2o_req_t *req)
{
    size_t count;
    header_find(req, "access-control-request-method", &count);
    return count == 1 && h2o_memis(req->method.base, req->method.len, H2O_STRLIT("OPTIONS"));
}

bool cors_grant(struct exchange *exchange, const struct route *route)
{
    struct str origin = origin_of(exchange->req);
    if (!allows(exchange, origin))
        return false;
    header_add(exchange->req, "access-control-allow-origin", origin);
    header_add(exchange->req, "access-control-allow-methods",
               route_allow(exchange->ctx.arena, route));
    header_add(exchange->req, "access-control-allow-headers", S(SENDS));
    header_add(exchange->req, "access-control-max-age", S("600"));
    header_add(exchange->req, "vary", S("origin"));
    return true;
}

void cors_open(struct exchange *exchange)
{
    struct str origin = origin_of(exchange->req);
    if (!origin.at)
        return;
    header_add(exchange->req, "vary", S("origin"));
    if (!allows(exchange, origin))
        return;
    header_add(exchange->req, "access-control-allow-origin", origin);
    header_add(exchange->req, "access-control-expose-headers", S(READS));
}
