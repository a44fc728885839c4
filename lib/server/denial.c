/* SPDX-License-Identifier: EUPL-1.2 */
/* Denials into the audit. */
#include "lib/server/denial.h"

#include "lib/server/gen/queries.h"
#include "openapi/gen/role.h"

struct denial {
    struct ctx ctx;
    struct transaction transaction;
};

static void on_denial_noted(struct transaction *transaction, enum transaction_end end)
{
    struct denial *denial = transaction->owner;
    (void)end;
    arena_free(denial->ctx.arena);
}

void denial_note(const struct exchange *exchange, struct str reason)
{
    struct arena *arena = arena_new();
    struct denial *denial = ARENA_NEW(arena, struct denial);
    struct plan plan = {.ctx = &denial->ctx};
    const struct actor *actor = &exchange->actor;
    denial->ctx.arena = arena;
    sql_audit_deny(&plan, (struct sql_audit_deny){
                              .tenant = arena_int(arena, actor->tenant),
                              .actor = arena_copy(arena, actor->user_id),
                              .organisation = actor->organisation_id.at
                                                  ? arena_copy(arena, actor->organisation_id)
                                                  : S(""),
                              .role = str_of(role_names[__builtin_ctz(actor->role)]),
                              .request = arena_copy(arena, exchange->ctx.request_id),
                              .operation = str_of(exchange->request.operation->id),
                              .reason = reason,
                          });
    denial->transaction = (struct transaction){.arena = arena,
                                               .first = plan.first,
                                               .count = plan.count,
                                               .done = on_denial_noted,
                                               .owner = denial};
    pool_run(exchange->loop->writes[exchange->route->service], &denial->transaction);
}
