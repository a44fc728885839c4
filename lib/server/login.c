/* SPDX-License-Identifier: EUPL-1.2 */
/* From a token to the caller. A verified token is remembered per thread. */
#include "lib/server/login.h"

#include "lib/auth/token.h"
#include "lib/base/limits.h"
#include "lib/server/header.h"
#include "lib/server/tenants.h"
#include "openapi/gen/role.h"

/* What is remembered about a verified token. */
struct known {
    int32_t tenant;
    uint32_t role, attributes;
    char tenant_id[UUID_TEXT_LEN + 1], user_id[UUID_TEXT_LEN + 1],
        organisation_id[UUID_TEXT_LEN + 1];
};

static uint32_t bit_of(const char *const *names, size_t count, struct str name)
{
    for (size_t i = 0; i < count; i++)
        if (str_equal(str_of(names[i]), name))
            return 1u << i;
    return 0;
}

static void keep(char into[UUID_TEXT_LEN + 1], struct str id)
{
    struct uuid read;
    if (uuid_read(id, &read))
        uuid_print(read, into);
}

static enum err know(const struct server *server, const struct token_claims *claims,
                     struct known *into)
{
    keep(into->tenant_id, claims->tenant);
    keep(into->user_id, claims->subject);
    keep(into->organisation_id, claims->organisation);
    const struct tenants *tenants = atomic_load(&server->tenants);
    if (!tenants) /* they were never read yet: nobody can say whether the token is good */
        return ERR_UNAVAILABLE;
    into->tenant = tenants_find(tenants, str_of(into->tenant_id));
    into->role = bit_of(role_names, ROLE_COUNT, claims->role);
    for (size_t i = 0; i < claims->attributes_count; i++)
        into->attributes |= bit_of(attribute_names, ATTRIBUTE_COUNT, claims->attributes[i]);
    return into->tenant && into->role ? OK : ERR_UNAUTHENTICATED;
}

static struct str bearer(h2o_req_t *req)
{
    size_t count = 0;
    struct str value = header_find(req, "authorization", &count);
    if (count != 1 || value.len > LIMIT_TOKEN + 7 || value.len < 8
        || strncasecmp(value.at, "Bearer ", 7) != 0)
        return (struct str){0};
    return str_from(value, 7);
}

static void act_as(struct exchange *exchange, const struct known *known)
{
    struct arena *arena = exchange->ctx.arena;
    exchange->actor = (struct actor){
        .tenant = known->tenant,
        .tenant_id = arena_copy(arena, str_of(known->tenant_id)),
        .user_id = arena_copy(arena, str_of(known->user_id)),
        .organisation_id = *known->organisation_id
                               ? arena_copy(arena, str_of(known->organisation_id))
                               : (struct str){0},
        .role = known->role,
        .attributes = known->attributes,
    };
    exchange->ctx.actor = &exchange->actor;
}

enum err login_check(struct exchange *exchange)
{
    const struct server *server = exchange->loop->server;
    struct str token = bearer(exchange->req);
    int64_t now_s = exchange->ctx.now_us / 1000000;
    if (!token.at)
        return ERR_UNAUTHENTICATED;
    struct known *known = token_cache_find(exchange->loop->tokens, token, now_s);
    if (!known) {
        struct token_claims claims;
        struct known fresh = {0};
        enum err err =
            token_verify(exchange->ctx.arena, server->keys, token, now_s,
                         str_of(server->config.issuer), str_of(server->config.audience), &claims);
        err = err ? err : know(server, &claims, &fresh);
        if (err)
            return err;
        int64_t until = claims.expires_s < now_s + 60 ? claims.expires_s : now_s + 60;
        known = token_cache_put(exchange->loop->tokens, token, until);
        *known = fresh;
    }
    act_as(exchange, known);
    return OK;
}

struct token_cache *login_cache_new(void)
{
    return token_cache_new(sizeof(struct known));
}
