/* SPDX-License-Identifier: EUPL-1.2 */
/* The statements of one request, in order. */
#include "lib/db/plan.h"

#include "lib/base/buf.h"

struct statement *plan_add(struct plan *plan, const struct query *query, const struct str *values)
{
    struct arena *arena = plan->ctx->arena;
    size_t count = (size_t)query->parameters;
    struct str *copy = arena_array(arena, count ? count : 1, sizeof *copy);
    if (count)
        memcpy(copy, values, count * sizeof *copy);
    struct statement *statement = ARENA_NEW(arena, struct statement);
    *statement = (struct statement){.query = query, .values = copy};
    if (plan->last)
        plan->last->next = statement;
    else
        plan->first = statement;
    plan->last = statement;
    plan->count++;
    return statement;
}

void plan_join(struct plan *plan, const struct plan *more)
{
    if (!more->first)
        return;
    if (plan->last)
        plan->last->next = more->first;
    else
        plan->first = more->first;
    plan->last = more->last;
    plan->count += more->count;
}

struct str plan_int(struct plan *plan, struct maybe_int value)
{
    if (!value.is)
        return (struct str){0};
    return arena_int(plan->ctx->arena, value.value);
}

struct str plan_version(struct plan *plan, int64_t version)
{
    return plan_int(plan, (struct maybe_int){version, true});
}

struct str plan_ids(struct plan *plan, const int64_t *ids, size_t count)
{
    struct buf out = buf_in(plan->ctx->arena);
    buf_add_char(&out, '{');
    for (size_t i = 0; i < count; i++) {
        if (i)
            buf_add_char(&out, ',');
        buf_add_int(&out, ids[i]);
    }
    buf_add_char(&out, '}');
    return buf_str(&out);
}

struct str plan_bool(struct maybe_bool value)
{
    if (!value.is)
        return (struct str){0};
    return value.value ? S("true") : S("false");
}

const struct statement *plan_answer(const struct plan *plan)
{
    if (plan->answer)
        return plan->answer;
    const struct statement *found = NULL;
    for (const struct statement *s = plan->first; s; s = s->next)
        if (s->query->rows != QUERY_NONE)
            found = s;
    return found;
}
