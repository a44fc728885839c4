/* SPDX-License-Identifier: EUPL-1.2 */
/* Requests whose answers wait until it is noted whom they show. */
#include "lib/server/look.h"

#include <stdlib.h>

#include "lib/db/rows.h"
#include "lib/server/gen/queries.h"
#include "openapi/gen/role.h"

enum {
    LOOKS_MAX = 128, /* requests that one transaction notes */
    ROWS = 16,       /* of one statement */
    COLUMNS = 8,     /* of a row */
};
_Static_assert(ROWS *COLUMNS <= LIMIT_VALUES, "a statement has room for its rows");

struct looks {
    struct loop *loop;
    size_t service;
    struct exchange *first, **end; /* that wait */
    struct exchange *sent;         /* of the transaction under way */
    struct ctx ctx;                /* its arena, or NULL */
    struct transaction transaction;
    h2o_timeout_entry_t turn; /* linked when what waits may be sent at the end of this turn */
    h2o_timeout_entry_t late; /* linked when it must be sent by then */
};

static void on_turn(h2o_timeout_entry_t *entry);
static void on_late(h2o_timeout_entry_t *entry);

static void unlink_entry(h2o_timeout_entry_t *entry)
{
    if (h2o_timeout_is_linked(entry))
        h2o_timeout_unlink(entry);
}

struct looks *looks_new(struct loop *loop, size_t service)
{
    struct looks *looks = calloc(1, sizeof *looks);
    if (!looks)
        abort();
    looks->loop = loop;
    looks->service = service;
    looks->end = &looks->first;
    looks->turn.cb = on_turn;
    looks->late.cb = on_late;
    return looks;
}

void looks_free(struct looks *looks)
{
    unlink_entry(&looks->turn);
    unlink_entry(&looks->late);
    free(looks);
}

/* The candidates in the column that the query names, as an array; of a list, without the row that
 * only tells that there is another page. */
static struct str candidates_in(struct exchange *exchange, const struct statement *statement)
{
    const PGresult *rows = statement->result;
    struct buf array = buf_in(exchange->ctx.arena);
    int column, count = PQntuples(rows);
    if (!rows_column(rows, statement->query->whose, 0, &column))
        return (struct str){0};
    if (statement->query->list && count > exchange->page.size)
        count = (int)exchange->page.size;
    buf_add_char(&array, '{');
    for (int i = 0; i < count; i++) {
        struct str value = str_of(PQgetvalue(rows, i, column)); /* a UUID, or {…}; '' for null */
        if (value.len > 2 && value.at[0] == '{')
            value = (struct str){value.at + 1, value.len - 2};
        if (value.len > 2 && array.len > 1)
            buf_add_char(&array, ',');
        buf_add(&array, value.len > 2 ? value : S(""));
    }
    buf_add_char(&array, '}');
    return array.len > 2 ? buf_str(&array) : (struct str){0};
}

static struct str whose(struct exchange *exchange, const struct statement *statement)
{
    const struct query *query = statement->query;
    if (query->whose_value)
        return arena_print(exchange->ctx.arena, "{%.*s}",
                           STR_ARG(statement->values[query->whose_value - 1]));
    return query->whose ? candidates_in(exchange, statement) : (struct str){0};
}

/* Rows of one municipality that are not in the plan yet. */
struct rows {
    struct plan *plan;
    struct str values[ROWS * COLUMNS];
    size_t count;
};

static void add_rows(struct rows *rows)
{
    if (rows->count)
        plan_add_rows(rows->plan, &query_audit_look, rows->values, rows->count);
    rows->count = 0;
}

/* A row for each candidate whom the answer shows, in the order of the parameters of the query. */
static void add_look(struct rows *rows, const struct exchange *exchange)
{
    const struct actor *actor = &exchange->actor;
    struct str list = {exchange->whose.at + 1, exchange->whose.len - 2};
    while (list.at && list.len) {
        struct str row[COLUMNS] = {arena_copy(rows->plan->ctx->arena, str_cut(&list, ',')),
                                   actor->user_id.len ? actor->user_id : (struct str){0},
                                   str_of(role_names[__builtin_ctz(actor->role)]),
                                   actor->organisation_id,
                                   str_of(exchange->request.operation->id),
                                   str_of(exchange_purpose(exchange)),
                                   exchange->ctx.request_id,
                                   scope_name(exchange->scope)};
        memcpy(rows->values + rows->count++ * COLUMNS, row, sizeof row);
        if (rows->count == ROWS)
            add_rows(rows);
    }
}

/* The looks of the municipality of `from` and of those after it, each once. */
static void add_tenant(struct plan *plan, const struct exchange *first, const struct exchange *from)
{
    struct rows rows = {.plan = plan};
    for (const struct exchange *e = first; e != from; e = e->noted_next)
        if (e->actor.tenant == from->actor.tenant)
            return; /* its looks are there already */
    sql_audit_look_begin(plan, (struct sql_audit_look_begin){
                                   .tenant = arena_int(plan->ctx->arena, from->actor.tenant)});
    for (const struct exchange *e = from; e; e = e->noted_next)
        if (e->actor.tenant == from->actor.tenant)
            add_look(&rows, e);
    add_rows(&rows);
}

/* Takes at most LOOKS_MAX of those that wait, in order. */
static struct exchange *take(struct looks *looks)
{
    struct exchange *taken = looks->first, *last = taken;
    for (int i = 1; i < LOOKS_MAX && last->noted_next; i++)
        last = last->noted_next;
    looks->first = last->noted_next;
    last->noted_next = NULL;
    if (!looks->first)
        looks->end = &looks->first;
    return taken;
}

static void on_noted(struct transaction *transaction, enum transaction_end end);

static void send_note(struct looks *looks)
{
    struct arena *arena = looks->ctx.arena = arena_new();
    struct plan plan = {.ctx = &looks->ctx};
    looks->sent = take(looks);
    for (const struct exchange *e = looks->sent; e; e = e->noted_next)
        add_tenant(&plan, looks->sent, e);
    looks->transaction = (struct transaction){
        .arena = arena, .first = plan.first, .count = plan.count, .done = on_noted, .owner = looks};
    unlink_entry(&looks->late);
    pool_run(looks->loop->writes[looks->service], &looks->transaction);
}

static void link_entry(struct looks *looks, h2o_timeout_t *timeout, h2o_timeout_entry_t *entry)
{
    if (!h2o_timeout_is_linked(entry))
        h2o_timeout_link(looks->loop->h2o.loop, timeout, entry);
}

/* Reads that are under way are soon to be noted, too: they travel with what waits. */
static void on_turn(h2o_timeout_entry_t *entry)
{
    struct looks *looks = H2O_STRUCT_FROM_MEMBER(struct looks, turn, entry);
    if (!looks->first || looks->ctx.arena)
        return;
    if (pool_is_busy(looks->loop->reads[looks->service]))
        link_entry(looks, &looks->loop->gather, &looks->late);
    else
        send_note(looks);
}

static void on_late(h2o_timeout_entry_t *entry)
{
    struct looks *looks = H2O_STRUCT_FROM_MEMBER(struct looks, late, entry);
    if (looks->first && !looks->ctx.arena)
        send_note(looks);
}

static void send_soon(struct looks *looks)
{
    link_entry(looks, &looks->loop->h2o.zero_timeout, &looks->turn);
}

static void on_noted(struct transaction *transaction, enum transaction_end end)
{
    struct looks *looks = transaction->owner;
    struct exchange *next = looks->sent;
    arena_free(looks->ctx.arena);
    looks->ctx.arena = NULL;
    looks->sent = NULL;
    while (next) {
        struct exchange *exchange = next;
        next = exchange->noted_next;
        exchange->noted(exchange, end == TRANSACTION_COMMITTED);
    }
    if (looks->first)
        send_soon(looks);
}

bool look_note(struct exchange *exchange, void (*finish)(struct exchange *exchange, bool noted))
{
    struct looks *looks = exchange->loop->looks[exchange->route->service];
    const struct statement *statement = plan_answer(&exchange->plan);
    exchange->whose = statement ? whose(exchange, statement) : (struct str){0};
    if (!exchange->whose.at)
        return false;
    exchange->noted = finish;
    exchange->noted_next = NULL;
    *looks->end = exchange;
    looks->end = &exchange->noted_next;
    if (!looks->ctx.arena)
        send_soon(looks);
    return true;
}
