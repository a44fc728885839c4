/* SPDX-License-Identifier: EUPL-1.2 */
/* The end of an exchange, and what was asked. */
#include "lib/server/exchange.h"

#include "openapi/gen/role.h"

void exchange_release(struct exchange *exchange)
{
    if (exchange->req || exchange->in_database)
        return;
    if (h2o_timeout_is_linked(&exchange->deadline))
        h2o_timeout_unlink(&exchange->deadline);
    exchange->loop->exchanges--;
    arena_free(exchange->ctx.arena);
}

const char *exchange_purpose(const struct exchange *exchange)
{
    uint32_t role = exchange->actor.role;
    const char *own = role ? role_purposes[__builtin_ctz(role)] : NULL;
    return own ? own : exchange->request.operation->purpose;
}

struct str exchange_parameter(const struct exchange *exchange, const char *name)
{
    for (size_t i = 0; i < exchange->uri.parameters_count; i++)
        if (str_equal(exchange->uri.parameters[i].name, str_of(name)))
            return exchange->uri.parameters[i].value;
    return (struct str){0};
}
