/* SPDX-License-Identifier: EUPL-1.2 */
/* From a token to the caller. A verified token is remembered per thread, with the hats of its user. */
#include "lib/server/login.h"

#include "lib/auth/token.h"
#include "lib/base/limits.h"
#include "lib/db/rows.h"
#include "lib/server/gen/queries.h"
#include "lib/server/header.h"
#include "lib/server/tenants.h"
#include "openapi/gen/role.h"

/* What a user is and may do: a row of entry.hat. */
struct hat {
    struct uuid id, organisation_id;
    bool has_organisation;
    uint32_t role, attributes;
    int64_t version; /* of all hats of the user */
};

/* What is remembered about a verified token. */
struct known {
    int32_t tenant;
    uint32_t role, attributes; /* that the token claims; no role: it does not say */
    uint32_t roles;            /* for which its key may sign */
    bool has_organisation, has_attributes, has_subject_id;
    struct uuid tenant_id, organisation_id, subject_id;
    struct uuid user_id; /* of the hats */
    struct str issuer;   /* lives as long as the keys */
    char subject[LIMIT_SUBJECT + 1];
    uint64_t caller; /* allowance_user() */
    size_t hats_count;
    struct hat hats[LIMIT_HATS];
};

static uint32_t bit_of(const char *const *names, size_t count, struct str name)
{
    for (size_t i = 0; i < count; i++)
        if (str_equal(str_of(names[i]), name))
            return 1u << i;
    return 0;
}

static uint32_t role_of(struct str name)
{
    return bit_of(role_names, ROLE_COUNT, name);
}

static uint32_t roles_of(const struct token_claims *claims)
{
    uint32_t roles = 0;
    for (int i = 0; i < ROLE_COUNT; i++)
        if (keys_admit(claims->key, claims->tenant, str_of(role_names[i])))
            roles |= 1u << i;
    return roles;
}

static enum err know(const struct server *server, const struct token_claims *claims,
                     struct known *into)
{
    const struct tenants *tenants = atomic_load(&server->tenants);
    char tenant_id[UUID_TEXT_LEN + 1];
    if (!tenants) /* they were never read yet: nobody can say whether the token is good */
        return ERR_UNAVAILABLE;
    into->has_subject_id = uuid_read(claims->subject, &into->subject_id);
    into->has_organisation =
        claims->organisation.at && uuid_read(claims->organisation, &into->organisation_id);
    if (!uuid_read(claims->tenant, &into->tenant_id))
        return ERR_UNAUTHENTICATED;
    into->tenant = tenants_find(tenants, uuid_print(into->tenant_id, tenant_id));
    into->role = role_of(claims->role);
    into->roles = roles_of(claims);
    into->has_attributes = claims->has_attributes;
    for (size_t i = 0; i < claims->attributes_count; i++)
        into->attributes |= bit_of(attribute_names, ATTRIBUTE_COUNT, claims->attributes[i]);
    into->issuer = claims->issuer;
    memcpy(into->subject, claims->subject.at, claims->subject.len);
    into->caller = allowance_user(into->tenant, claims->subject);
    return into->tenant && (into->role || !claims->role.at) ? OK : ERR_UNAUTHENTICATED;
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

/* What is known of the token; it is verified when that is not remembered. *ret is valid until the next
 * token is remembered: as long as the loop does not turn to another request. */
static enum err find(struct exchange *exchange, struct known **ret)
{
    *ret = exchange->known;
    if (*ret)
        return OK;
    const struct server *server = exchange->loop->server;
    struct str token = bearer(exchange->req);
    int64_t now_s = exchange->ctx.now_us / 1000000;
    if (!token.at)
        return ERR_UNAUTHENTICATED;
    *ret = exchange->known = token_cache_find(exchange->loop->tokens, token, now_s);
    if (*ret)
        return OK;
    struct token_claims claims;
    struct known fresh = {0};
    enum err err =
        token_verify(exchange->ctx.arena, server->keys, token, now_s, str_of(server->config.issuer),
                     str_of(server->config.audience), &claims);
    err = err ? err : know(server, &claims, &fresh);
    if (err)
        return err;
    int64_t until = claims.expires_s < now_s + 60 ? claims.expires_s : now_s + 60;
    *ret = exchange->known = token_cache_put(exchange->loop->tokens, token, until);
    **ret = fresh;
    return OK;
}

static struct str print(struct arena *arena, struct uuid id)
{
    return uuid_print(id, arena_alloc(arena, UUID_TEXT_LEN + 1));
}

/* The caller as far as the token says: what is refused before a hat is chosen is noted so. */
static void act_as_claimed(struct exchange *exchange, const struct known *known)
{
    struct arena *arena = exchange->ctx.arena;
    exchange->actor = (struct actor){
        .tenant = known->tenant,
        .tenant_id = print(arena, known->tenant_id),
        .user_id = known->has_subject_id ? print(arena, known->subject_id) : (struct str){0},
        .organisation_id =
            known->has_organisation ? print(arena, known->organisation_id) : (struct str){0},
        .role = known->role,
        .attributes = known->attributes,
    };
    exchange->ctx.actor = &exchange->actor;
    exchange->caller = known->caller;
}

static void act_as(struct exchange *exchange, const struct known *known, const struct hat *hat)
{
    struct arena *arena = exchange->ctx.arena;
    struct actor *actor = &exchange->actor;
    actor->user_id = print(arena, known->user_id);
    actor->organisation_id =
        hat->has_organisation ? print(arena, hat->organisation_id) : (struct str){0};
    actor->role = hat->role;
    actor->attributes = known->has_attributes ? known->attributes : hat->attributes;
    actor->hat_id = print(arena, hat->id);
    actor->hats_version = arena_int(arena, hat->version);
}

/* Reads the header As: the hat that the client wants. */
static enum err read_as(struct exchange *exchange)
{
    size_t count = 0;
    struct str value = header_find(exchange->req, "as", &count);
    exchange->as_hat = count > 0;
    if (!count || (count == 1 && uuid_read(value, &exchange->as)))
        return OK;
    fault_note(&exchange->ctx.faults, exchange->ctx.arena, FAULT_AT_HEADER, S("As"),
               count > 1 ? FAULT_REPEATED : FAULT_FORMAT, S("uuid"));
    return ERR_INVALID;
}

enum err login_check(struct exchange *exchange)
{
    struct known *known;
    enum err err = find(exchange, &known);
    if (err)
        return err;
    act_as_claimed(exchange, known);
    return read_as(exchange);
}

/* Whether the token leaves the hat to its user, and the client did not ask for another one. */
static bool is_left(const struct exchange *exchange, const struct known *known,
                    const struct hat *hat)
{
    return (hat->role & known->roles) && (!known->role || known->role == hat->role)
           && (!known->has_organisation
               || (hat->has_organisation
                   && uuid_equal(known->organisation_id, hat->organisation_id)))
           && !(known->attributes & ~hat->attributes)
           && (!exchange->as_hat || uuid_equal(exchange->as, hat->id));
}

/* How much of a municipality a hat reaches in the operation; 0: it may not call it. */
static int width_of(const struct operation *operation, const struct known *known,
                    const struct hat *hat)
{
    static const int widths[] = {[SCOPE_TENANT] = 3,
                                 [SCOPE_ORGANISATION] = 2,
                                 [SCOPE_CASELOAD] = 1,
                                 [SCOPE_INSTALLATION] = 3};
    uint32_t attributes = known->has_attributes ? known->attributes : hat->attributes;
    return operation->attributes & ~attributes ? 0 : widths[operation_scope(operation, hat->role)];
}

/* Whether two hats are the same to every operation. */
static bool are_alike(const struct hat *a, const struct hat *b)
{
    return a->role == b->role && a->attributes == b->attributes
           && a->has_organisation == b->has_organisation
           && (!a->has_organisation || uuid_equal(a->organisation_id, b->organisation_id));
}

/* Whether it matters with which hat somebody calls the operation: it writes, or it shows persons. */
static bool hat_matters(const struct operation *operation)
{
    return !(operation->flags & OPERATION_READS) || operation->purpose;
}

enum login login_choose(struct exchange *exchange)
{
    const struct operation *operation = exchange->request.operation;
    const struct hat *chosen = NULL, system = {.role = 1u << ROLE_SYSTEM};
    struct known *known;
    int widest = 0;
    bool unclear = false;
    if (find(exchange, &known) != OK)
        return LOGIN_NO_HAT;
    if (known->role == system.role) /* the one who operates the installation has no hat */
        return width_of(operation, known, &system) ? LOGIN_CHOSEN : LOGIN_FORBIDDEN;
    for (size_t i = 0; i < known->hats_count; i++) {
        const struct hat *hat = &known->hats[i];
        if (!is_left(exchange, known, hat))
            continue;
        int width = width_of(operation, known, hat);
        unclear = unclear || (width && widest && !are_alike(hat, chosen));
        if (!chosen || width > widest) {
            chosen = hat;
            widest = width;
        }
    }
    if (!chosen)
        return LOGIN_NO_HAT;
    act_as(exchange, known, chosen);
    if (unclear && hat_matters(operation))
        return LOGIN_UNCLEAR;
    return widest ? LOGIN_CHOSEN : LOGIN_FORBIDDEN;
}

void login_note_hats(struct exchange *exchange)
{
    enum { NAMED_MOST = 8 };
    struct buf names = buf_in(exchange->ctx.arena);
    struct known *known;
    int named = 0;
    if (find(exchange, &known) != OK)
        return;
    for (size_t i = 0; i < known->hats_count && named < NAMED_MOST; i++) {
        const struct hat *hat = &known->hats[i];
        if (!is_left(exchange, known, hat) || !width_of(exchange->request.operation, known, hat))
            continue;
        buf_print(&names, "%s%.*s (%s)", named++ ? ", " : "",
                  STR_ARG(print(exchange->ctx.arena, hat->id)),
                  role_names[__builtin_ctz(hat->role)]);
    }
    fault_note(&exchange->ctx.faults, exchange->ctx.arena, FAULT_AT_HEADER, S("As"), FAULT_ENUM,
               buf_str(&names));
}

void login_ask(struct exchange *exchange, struct plan *plan)
{
    struct arena *arena = exchange->ctx.arena;
    struct known *known;
    if (find(exchange, &known) != OK)
        return;
    sql_hat_list(plan, (struct sql_hat_list){
                           .tenant = arena_int(arena, known->tenant),
                           .issuer = arena_copy(arena, known->issuer),
                           .subject = arena_copy(arena, str_of(known->subject)),
                           .user_id = known->has_subject_id ? print(arena, known->subject_id)
                                                            : (struct str){0},
                       });
}

static struct str value(const PGresult *rows, int row, int column)
{
    return str_of(PQgetvalue(rows, row, column));
}

static void learn_hat(const PGresult *rows, int row, struct known *known)
{
    struct hat *hat = &known->hats[known->hats_count];
    struct str rest = value(rows, row, HAT_LIST_ATTRIBUTES);
    *hat = (struct hat){.role = role_of(value(rows, row, HAT_LIST_ROLE))};
    hat->has_organisation =
        !PQgetisnull(rows, row, HAT_LIST_ORGANISATION_ID)
        && uuid_read(value(rows, row, HAT_LIST_ORGANISATION_ID), &hat->organisation_id);
    while (rest.at && rest.len)
        hat->attributes |= bit_of(attribute_names, ATTRIBUTE_COUNT, str_cut(&rest, ','));
    if (hat->role && uuid_read(value(rows, row, HAT_LIST_ID), &hat->id)
        && uuid_read(value(rows, row, HAT_LIST_USER_ID), &known->user_id)
        && str_to_int(value(rows, row, HAT_LIST_VERSION), &hat->version))
        known->hats_count++;
}

void login_learn(struct exchange *exchange, const PGresult *rows)
{
    struct known *known;
    if (find(exchange, &known) != OK)
        return;
    known->hats_count = 0;
    for (int i = 0; i < PQntuples(rows) && known->hats_count < LIMIT_HATS; i++)
        learn_hat(rows, i, known);
    act_as_claimed(exchange, known);
}

struct token_cache *login_cache_new(void)
{
    return token_cache_new(sizeof(struct known));
}
