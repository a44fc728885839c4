/* SPDX-License-Identifier: EUPL-1.2 */
/* Denials into the audit. */
#include "lib/server/denial.h"

#include <stdlib.h>

#include "lib/base/histogram.h"
#include "lib/server/gen/queries.h"
#include "openapi/gen/role.h"

enum { DENIALS_MAX = 256 /* different ones that wait */ };

struct denial {
    uint64_t hash; /* of everything but the request and the number */
    int32_t tenant;
    uint32_t role;
    const char *operation, *reason;
    char actor[UUID_TEXT_LEN + 1], organisation[UUID_TEXT_LEN + 1], subject[UUID_TEXT_LEN + 1],
        request[UUID_TEXT_LEN + 1];
    int times;
};

struct denials {
    struct loop *loop;
    struct denial waiting[DENIALS_MAX];
    size_t count;
    struct ctx ctx; /* of the transaction under way: its arena, or NULL */
    struct transaction transaction;
    long long sent; /* calls that the transaction under way notes */
    atomic_llong dropped, counts[PROBLEM_COUNT];
};

struct denials *denials_new(struct loop *loop)
{
    struct denials *denials = calloc(1, sizeof *denials);
    if (!denials)
        abort();
    denials->loop = loop;
    return denials;
}

static void keep(char into[UUID_TEXT_LEN + 1], struct str id)
{
    struct uuid read;
    if (id.at && uuid_read(id, &read))
        uuid_print(read, into);
}

static uint64_t hash_bytes(uint64_t hash, const void *bytes, size_t count)
{
    for (size_t i = 0; i < count; i++)
        hash = (hash ^ ((const unsigned char *)bytes)[i]) * 0x100000001b3u;
    return hash;
}

static uint64_t hash_of(const struct denial *denial)
{
    uint64_t hash = 0xcbf29ce484222325u;
    hash = hash_bytes(hash, &denial->tenant, sizeof denial->tenant);
    hash = hash_bytes(hash, &denial->role, sizeof denial->role);
    hash = hash_bytes(hash, &denial->operation, sizeof denial->operation);
    hash = hash_bytes(hash, &denial->reason, sizeof denial->reason);
    hash = hash_bytes(hash, denial->actor, sizeof denial->actor);
    hash = hash_bytes(hash, denial->organisation, sizeof denial->organisation);
    return hash_bytes(hash, denial->subject, sizeof denial->subject);
}

static bool is_same(const struct denial *a, const struct denial *b)
{
    return a->hash == b->hash && a->tenant == b->tenant && a->role == b->role
           && a->operation == b->operation && a->reason == b->reason
           && strcmp(a->actor, b->actor) == 0 && strcmp(a->organisation, b->organisation) == 0
           && strcmp(a->subject, b->subject) == 0;
}

static void add(struct denials *denials, const struct denial *denial)
{
    for (size_t i = 0; i < denials->count; i++)
        if (is_same(&denials->waiting[i], denial)) {
            denials->waiting[i].times++;
            return;
        }
    if (denials->count == DENIALS_MAX)
        figure_add(&denials->dropped, 1);
    else
        denials->waiting[denials->count++] = *denial;
}

static bool is_denial(const struct exchange *exchange, const struct problem *problem)
{
    return exchange->actor.tenant
           && (problem->noted || (problem->status == 404 && exchange->request.operation->purpose));
}

/* Too many refusals close the door for a while; that it is closed does not count as one. */
static void use_up(const struct exchange *exchange, enum problem_code code)
{
    uint32_t role = exchange->actor.role;
    unsigned group = allowance_group_of[role ? __builtin_ctz(role) : 0];
    struct allowance_use use;
    if (code != PROBLEM_TOO_MANY_REQUESTS)
        (void)allowance_take(exchange->loop->server->allowances, group, ALLOWANCE_REFUSED,
                             exchange->caller, exchange->started_us, &use);
}

void denial_note(const struct exchange *exchange, const struct problem *problem, struct str subject)
{
    struct denials *denials = exchange->loop->denials;
    const struct actor *actor = &exchange->actor;
    const struct operation *operation = exchange->request.operation;
    enum problem_code code = problem_code_of(problem);
    if (!is_denial(exchange, problem))
        return;
    struct denial denial = {.tenant = actor->tenant,
                            .role = actor->role,
                            .operation = operation->id,
                            .reason = problem_at(code)->code,
                            .times = 1};
    keep(denial.actor, actor->user_id);
    keep(denial.organisation, actor->organisation_id);
    keep(denial.request, exchange->ctx.request_id);
    keep(denial.subject, subject);
    if (!*denial.subject && !(operation->flags & OPERATION_CREATES))
        keep(denial.subject, request_resource(&exchange->request));
    denial.hash = hash_of(&denial);
    figure_add(&denials->counts[code], 1);
    add(denials, &denial);
    use_up(exchange, code);
}

static struct str or_null(const char *text)
{
    return *text ? str_of(text) : (struct str){0};
}

static void on_noted(struct transaction *transaction, enum transaction_end end)
{
    struct denials *denials = transaction->owner;
    if (end != TRANSACTION_COMMITTED)
        figure_add(&denials->dropped, denials->sent);
    arena_free(denials->ctx.arena);
    denials->ctx.arena = NULL;
}

void denials_flush(struct denials *denials)
{
    if (!denials->count || denials->ctx.arena)
        return;
    struct arena *arena = denials->ctx.arena = arena_new();
    struct plan plan = {.ctx = &denials->ctx};
    denials->sent = 0;
    for (size_t i = 0; i < denials->count; i++) {
        const struct denial *one = &denials->waiting[i];
        sql_audit_denied(&plan,
                         (struct sql_audit_denied){
                             .tenants = arena_int(arena, one->tenant),
                             .actors = or_null(one->actor),
                             .roles = one->role ? str_of(role_names[__builtin_ctz(one->role)])
                                                : (struct str){0},
                             .organisations = or_null(one->organisation),
                             .operations = str_of(one->operation),
                             .reasons = str_of(one->reason),
                             .subjects = or_null(one->subject),
                             .requests = or_null(one->request),
                             .times = arena_int(arena, one->times),
                         });
        denials->sent += one->times;
    }
    denials->count = 0;
    denials->transaction = (struct transaction){.arena = arena,
                                                .first = plan.first,
                                                .count = plan.count,
                                                .done = on_noted,
                                                .owner = denials};
    pool_run(denials->loop->writes[0], &denials->transaction);
}

bool denials_are_done(const struct denials *denials)
{
    return !denials->count && !denials->ctx.arena;
}

long long denials_count(const struct denials *denials, enum problem_code problem)
{
    return figure_read(&denials->counts[problem]);
}

long long denials_dropped(const struct denials *denials)
{
    return figure_read(&denials->dropped);
}
