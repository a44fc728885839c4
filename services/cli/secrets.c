/* SPDX-License-Identifier: EUPL-1.2 */
/* Making keys, and tokens of the local issuer. */
#include "services/cli/secrets.h"

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "lib/auth/token.h"
#include "lib/base/uuid.h"
#include "openapi/gen/role.h"
#include "services/cli/command.h"

int command_keys_init(const struct config *config, int count, char **arguments)
{
    (void)count, (void)arguments;
    if (keys_init(config->keys, config_is_development(config)) == OK)
        return 0;
    fprintf(stderr,
            "maatwerk: cannot make keys in %s: a file is there already, or it cannot be written\n",
            config->keys);
    return 1;
}

int command_keys_rotate(const struct config *config, int count, char **arguments)
{
    (void)count, (void)arguments;
    if (keys_rotate_cursor(config->keys) == OK)
        return 0;
    fprintf(stderr, "maatwerk: cannot make a new cursor.key in %s\n", config->keys);
    return 1;
}

static bool is_role(const char *name)
{
    for (int i = 0; i < ROLE_COUNT; i++)
        if (strcmp(role_names[i], name) == 0)
            return true;
    return false;
}

/* Finds the municipality with this code or UUID, and its first active user with the role, or the
 * user `user` when it is given. The token of a user without a role has nothing that narrows. */
static bool find_user(const struct config *config, struct arena *arena, struct token_claims *claims,
                      const char *tenant, const char *user)
{
    PGconn *pg = PQconnectdb(config_conninfo(config, "cli", 0, ""));
    const char *values[] = {tenant, claims->role.at, user};
    PGresult *row = NULL;
    bool found = PQstatus(pg) == CONNECTION_OK && must_do(pg, "begin");
    if (found)
        PQclear(must_run(pg,
                         "select set_config('app.tenant', t.tenant_id::text, true), "
                         "set_config('app.scope', 'tenant', true) from ref.tenant t "
                         "where $1 in (t.code, t.id::text)",
                         1, values));
    if (found)
        row = must_run(
            pg,
            "select t.id, u.id, u.organisation_id, array_to_string(u.attributes, ',') from ref.tenant t "
            "left join app.user_account u on u.tenant_id = t.tenant_id and u.active and ($2 = '' or u.role = $2) "
            "and ($3::text is null or u.id::text = $3) where $1 in (t.code, t.id::text) "
            "order by u.email limit 1",
            3, values);
    found = row && PQntuples(row) == 1;
    if (found) {
        claims->tenant = arena_copy(arena, str_of(PQgetvalue(row, 0, 0)));
        if (!PQgetisnull(row, 0, 1))
            claims->subject = arena_copy(arena, str_of(PQgetvalue(row, 0, 1)));
        if (claims->role.len && !PQgetisnull(row, 0, 2))
            claims->organisation = arena_copy(arena, str_of(PQgetvalue(row, 0, 2)));
        struct str rest = PQgetisnull(row, 0, 3) ? (struct str){0}
                                                 : arena_copy(arena, str_of(PQgetvalue(row, 0, 3)));
        claims->has_attributes = claims->role.len && rest.at;
        while (claims->has_attributes && rest.len && claims->attributes_count < LIMIT_ATTRIBUTES)
            claims->attributes[claims->attributes_count++] = str_cut(&rest, ',');
    }
    PQclear(row);
    PQfinish(pg);
    return found;
}

static int make(const struct config *config, struct arena *arena, struct token_claims *claims,
                long ttl_s)
{
    struct keys *keys = NULL;
    struct str token = {0};
    char id[UUID_TEXT_LEN + 1];
    claims->issuer = str_of(config->issuer);
    claims->audience = str_of(config->audience);
    claims->token_id = uuid_print(uuid_new(), id);
    claims->issued_s = time(NULL);
    claims->expires_s = claims->issued_s + ttl_s;
    if (keys_load(config->keys, KEYS_WITH_ISSUER, &keys) != OK
        || token_make(arena, keys, claims, &token) != OK) {
        fprintf(stderr, "maatwerk: no key of an issuer in %s\n", config->keys);
        keys_free(keys);
        return 1;
    }
    printf("%.*s\n", STR_ARG(token));
    keys_free(keys);
    return 0;
}

int command_token(const struct config *config, int count, char **arguments)
{
    const char *role = option(count, arguments, "role", ""),
               *tenant = option(count, arguments, "tenant", "");
    const char *user = option(count, arguments, "user", NULL),
               *org = option(count, arguments, "org", NULL),
               *subject = option(count, arguments, "subject", NULL);
    long ttl_s = strtol(option(count, arguments, "ttl", "43200"), NULL, 10);
    if (!config_is_development(config)) {
        fprintf(
            stderr,
            "maatwerk: tokens come from the identity provider; this is not a development installation\n");
        return 1;
    }
    bool is_named = !*role && (user || subject);
    if ((!is_role(role) && !is_named) || ttl_s < 1 || ttl_s > TOKEN_LIFE_MAX_S) {
        fprintf(stderr, "maatwerk: no such role, or a life of more than a day\n");
        return 1;
    }
    struct arena *arena = arena_new();
    struct token_claims claims = {.role = str_of(role)};
    int status = 1;
    if (!find_user(config, arena, &claims, tenant, user))
        fprintf(stderr, "maatwerk: no municipality %s, or no answer\n", tenant);
    else if (!claims.subject.at && !user && !subject)
        fprintf(stderr, "maatwerk: nobody with role %s in %s\n", role, tenant);
    else {
        if (subject || !claims.subject.at)
            claims.subject = str_of(subject ? subject : user);
        claims.role = *role ? claims.role : (struct str){0};
        claims.organisation = org ? str_of(org) : claims.organisation;
        status = make(config, arena, &claims, ttl_s);
    }
    arena_free(arena);
    return status;
}
