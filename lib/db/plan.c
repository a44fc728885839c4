/* SPDX-License-Identifier: EUPL-1.2 */
/* The statements of one request, in order. */
#include "lib/db/plan.h"

#include "lib/base/buf.h"

/* Opens an array for one more element: "{1,2}" becomes "{1,2,". */
static struct buf *open_array(struct statement *statement, int parameter)
{
    struct buf *array = &statement->arrays[parameter];
    if (array->len)
        array->at[array->len - 1] = ',';
    else
        buf_add_char(array, '{');
    return array;
}

static void close_array(struct statement *statement, int parameter)
{
    buf_add_char(&statement->arrays[parameter], '}');
    statement->values[parameter] = buf_str(&statement->arrays[parameter]);
}

static bool is_digits(struct str text)
{
    for (size_t i = 0; i < text.len; i++)
        if (text.at[i] < '0' || text.at[i] > '9')
            return false;
    return text.len > 0;
}

static void add_element(struct buf *array, struct str value)
{
    if (!value.at || is_digits(value)) {
        buf_add(array, value.at ? value : S("null"));
        return;
    }
    buf_add_char(array, '"');
    for (size_t i = 0; i < value.len; i++) {
        if (value.at[i] == '"' || value.at[i] == '\\')
            buf_add_char(array, '\\');
        buf_add_char(array, value.at[i]);
    }
    buf_add_char(array, '"');
}

static struct statement *gather(struct statement *statement, const struct str *values)
{
    for (int i = 0; i < statement->query->parameters; i++) {
        add_element(open_array(statement, i), values[i]);
        close_array(statement, i);
    }
    return statement;
}

/* Whether adding `query` only makes the arrays of the last statement longer. */
static bool gathers(const struct plan *plan, const struct query *query)
{
    return query->gathers && plan->last && plan->last->query == query;
}

struct statement *plan_add(struct plan *plan, const struct query *query, const struct str *values)
{
    if (gathers(plan, query))
        return gather(plan->last, values);
    struct arena *arena = plan->ctx->arena;
    size_t count = (size_t)query->parameters;
    struct statement *statement = ARENA_NEW(arena, struct statement);
    *statement = (struct statement){.query = query,
                                    .values = arena_array(arena, count + 1, sizeof(struct str))};
    if (query->gathers) {
        statement->arrays = arena_array(arena, count, sizeof *statement->arrays);
        for (size_t i = 0; i < count; i++)
            statement->arrays[i] = buf_in(arena);
        gather(statement, values);
    } else if (count) {
        memcpy(statement->values, values, count * sizeof *values);
    }
    if (plan->last)
        plan->last->next = statement;
    else
        plan->first = statement;
    plan->last = statement;
    plan->count++;
    return statement;
}

/* Adds ", (…)", the row of the query with the parameters of row number `row`. */
static void add_row(struct buf *text, struct str one, int parameters, size_t row)
{
    buf_add_char(text, ',');
    for (size_t i = 0; i < one.len; i++) {
        buf_add_char(text, one.at[i]);
        if (one.at[i] != '$')
            continue;
        int64_t number = 0;
        while (i + 1 < one.len && one.at[i + 1] >= '0' && one.at[i + 1] <= '9')
            number = number * 10 + one.at[++i] - '0';
        buf_add_int(text, number + (int64_t)row * parameters);
    }
}

struct statement *plan_add_rows(struct plan *plan, const struct query *query,
                                const struct str *values, size_t count)
{
    struct arena *arena = plan->ctx->arena;
    struct buf text = buf_in(arena);
    const char *begin = strstr(query->text, "(values (") + strlen("(values "),
               *end = strstr(begin, ")) v") + 1;
    struct str one = {begin, (size_t)(end - begin)};
    buf_add(&text, (struct str){query->text, (size_t)(end - query->text)});
    for (size_t row = 1; row < count; row++)
        add_row(&text, one, query->parameters, row);
    buf_add(&text, str_of(end));
    struct query *variant = ARENA_NEW(arena, struct query);
    *variant = *query;
    variant->text = buf_str(&text).at;
    variant->parameters = query->parameters * (int)count;
    variant->name = arena_print(arena, "%s.%zu", query->name, count).at;
    return plan_add(plan, variant, values);
}

/* Appends the elements of `more` to the arrays of the last statement. */
static void join_arrays(struct statement *statement, const struct statement *more)
{
    for (int i = 0; i < statement->query->parameters; i++) {
        struct str array = more->values[i];
        buf_add(open_array(statement, i), (struct str){array.at + 1, array.len - 2});
        close_array(statement, i);
    }
}

void plan_join(struct plan *plan, const struct plan *more)
{
    struct statement *first = more->first;
    size_t count = more->count;
    if (first && gathers(plan, first->query)) {
        join_arrays(plan->last, first);
        first = first->next;
        count--;
    }
    if (!first)
        return;
    if (plan->last)
        plan->last->next = first;
    else
        plan->first = first;
    plan->last = more->last;
    plan->count += count;
}

struct str plan_int(struct plan *plan, struct maybe_int value)
{
    if (!value.is)
        return (struct str){0};
    return arena_int(plan->ctx->arena, value.value);
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
    const struct statement *found = NULL;
    for (const struct statement *s = plan->first; s; s = s->next)
        if (s->query->rows != QUERY_NONE)
            found = s;
    return found;
}
