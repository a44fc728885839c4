/* SPDX-License-Identifier: EUPL-1.2 */
/* What a request asks of a list, and the page that it gets.
 *
 * A list that can be followed says where its reader is: at the end of the transactions that have ended
 * without a gap (the horizon), or, while there is more, after the last item that changed. Its statement
 * joins the horizon to the list, so that an empty page has it too. */
#include "lib/server/page.h"

#include "lib/auth/cursor.h"
#include "lib/base/limits.h"
#include "lib/db/rows.h"
#include "lib/http/schema_write.h"

_Static_assert(LIMIT_QUERY_PARAMETERS + 5 <= LIMIT_PARAMETERS,
               "cursor, pageSize, sort, fields, count");

static void note(struct exchange *exchange, const char *where, enum fault_code code,
                 struct str limit)
{
    fault_note(&exchange->ctx.faults, exchange->ctx.arena, FAULT_AT_PARAMETER, str_of(where), code,
               limit);
}

/* Whether the role may sort on this property: only when it may see the property. */
static bool may_sort(const struct exchange *exchange, struct str name)
{
    const struct field *field = schema_field(exchange->request.operation->response, name);
    return !field || (field->visible_to & exchange->actor.role);
}

static void read_sort(struct exchange *exchange, const struct query_list *list, struct str sort)
{
    struct page *page = &exchange->page;
    page->sort = &list->sorts[0];
    page->descending = list->newest_first;
    if (!sort.at)
        return;
    page->descending = sort.len && sort.at[0] == '-';
    struct str name = page->descending ? str_from(sort, 1) : sort;
    for (size_t i = 0; i < list->sorts_count; i++)
        if (str_equal(str_of(list->sorts[i].name), name) && may_sort(exchange, name)) {
            page->sort = &list->sorts[i];
            return;
        }
    note(exchange, "sort", FAULT_UNKNOWN_FIELD, str_clip(sort, FAULT_WHERE_MAX));
}

static void read_count(struct exchange *exchange, struct str given)
{
    exchange->page.counts = given.at && str_equal(given, S("true"));
    if (given.at && !exchange->page.counts && !str_equal(given, S("false")))
        note(exchange, "count", FAULT_TYPE, S("boolean"));
}

static void add_part(struct buf *out, struct str part)
{
    if (part.at) {
        buf_print(out, "%zu:", part.len);
        buf_add(out, part);
    } else {
        buf_add_char(out, '-');
    }
    buf_add_char(out, '\n');
}

/* For whom the cursors of this request are, and for which query. */
static struct str print_owner(const struct exchange *exchange)
{
    const struct actor *actor = &exchange->actor;
    const struct operation *operation = exchange->request.operation;
    struct buf out = buf_in(exchange->ctx.arena);
    /* the language too: labels are sorted in theirs */
    buf_print(&out, "%s\n%s\n%c\n%x\n%d\n", operation->id, exchange->page.sort->name,
              exchange->page.descending ? 'd' : 'a', actor->role, exchange->ctx.language);
    add_part(&out, actor->tenant_id);
    add_part(&out, actor->user_id);
    add_part(&out, actor->organisation_id);
    for (size_t i = 0; i < operation->parameters_count; i++)
        add_part(&out, exchange->request.query[i]);
    for (size_t i = 0; i < operation->path_count; i++)
        add_part(&out, exchange->request.path[i]);
    return buf_str(&out);
}

static void read_cursor(struct exchange *exchange, struct str text)
{
    struct page *page = &exchange->page;
    struct cursor cursor;
    if (cursor_read(exchange->ctx.arena, exchange->loop->server->keys, page->owner, text, &cursor)
        != OK) {
        note(exchange, "cursor", FAULT_CURSOR, (struct str){0});
        return;
    }
    page->cursor_value = cursor.value;
    page->cursor_key = cursor.key;
}

/* A position belongs to the list and the municipality, and to no filter and no user. */
static struct str print_position_owner(const struct exchange *exchange)
{
    struct buf out = buf_in(exchange->ctx.arena);
    buf_print(&out, "position\n%s\n", exchange->request.operation->id);
    add_part(&out, exchange->actor.tenant_id);
    return buf_str(&out);
}

/* Reads ?after=…: the filter of the list gets what is in the position, "<transaction>/<id>". */
static void read_after(struct exchange *exchange, const struct query_list *list, struct str text)
{
    struct arena *arena = exchange->ctx.arena;
    struct cursor at;
    exchange->page.sort = list->changes;
    exchange->page.owner = print_position_owner(exchange);
    if (exchange_parameter(exchange, "sort").at)
        note(exchange, "sort", FAULT_NOT_HERE, (struct str){0});
    if (exchange_parameter(exchange, "cursor").at)
        note(exchange, "cursor", FAULT_NOT_HERE, (struct str){0});
    if (cursor_read(arena, exchange->loop->server->keys, exchange->page.owner, text, &at) != OK) {
        note(exchange, "after", FAULT_CURSOR, (struct str){0});
        return;
    }
    for (size_t i = 0; i < list->filters_count; i++)
        if (str_equal(str_of(list->filters[i].parameter), S("after")))
            exchange->request.query[i] =
                arena_print(arena, "%.*s/%.*s", STR_ARG(at.value), STR_ARG(at.key));
}

void page_read(struct exchange *exchange)
{
    struct page *page = &exchange->page;
    const struct query_list *list = exchange->request.operation->list->list;
    struct str size = exchange_parameter(exchange, "pageSize"),
               cursor = exchange_parameter(exchange, "cursor"),
               after = exchange_parameter(exchange, "after");
    page->size = PAGE_DEFAULT;
    if (size.at && (!str_to_int(size, &page->size) || page->size < 1 || page->size > LIMIT_PAGE))
        note(exchange, "pageSize", FAULT_RANGE, S("1..100"));
    read_count(exchange, exchange_parameter(exchange, "count"));
    if (list->changes && after.at) {
        read_after(exchange, list, after);
        return;
    }
    read_sort(exchange, list, exchange_parameter(exchange, "sort"));
    page->owner = print_owner(exchange);
    if (cursor.at)
        read_cursor(exchange, cursor);
}

/* Adds the address of this list; when `name` is given, with that parameter in the place of the one that
 * was asked. */
static void add_link(struct buf *out, const struct exchange *exchange, struct str name,
                     struct str value)
{
    struct buf link = buf_in(out->arena);
    const char *separator = "?";
    for (size_t i = 0; i < exchange->uri.segments_count; i++) {
        buf_add_char(&link, '/');
        uri_encode(&link, exchange->uri.segments[i]);
    }
    for (size_t i = 0; i < exchange->uri.parameters_count; i++) {
        const struct uri_parameter *given = &exchange->uri.parameters[i];
        if (name.at && str_equal(given->name, name))
            continue;
        buf_print(&link, "%s%.*s=", separator, STR_ARG(given->name));
        uri_encode(&link, given->value);
        separator = "&";
    }
    if (name.at)
        buf_print(&link, "%s%.*s=%.*s", separator, STR_ARG(name), STR_ARG(value));
    buf_add(out, S("{\"href\":"));
    buf_add_json(out, buf_str(&link));
    buf_add_char(out, '}');
}

static struct str value_of(const PGresult *rows, int row, const char *column)
{
    int number;
    return rows_column(rows, column, 0, &number) ? str_of(PQgetvalue(rows, row, number)) : S("");
}

/* The place after row `last`, in the order of the page. */
static struct str place_after(const struct exchange *exchange, const struct statement *statement,
                              int last)
{
    const struct page *page = &exchange->page;
    struct cursor cursor = {
        .value = value_of(statement->result, last, page->sort->result),
        .key = value_of(statement->result, last, statement->query->list->key_result),
    };
    return cursor_print(exchange->ctx.arena, exchange->loop->server->keys, page->owner, &cursor);
}

/* The position of somebody who has seen all that changed in transactions before the horizon. */
static struct str horizon(const struct exchange *exchange, const struct statement *statement)
{
    struct cursor cursor = {
        .value = value_of(statement->result, 0, "horizon"),
        .key = S("00000000-0000-0000-0000-000000000000"),
    };
    return cursor_print(exchange->ctx.arena, exchange->loop->server->keys,
                        print_position_owner(exchange), &cursor);
}

/* How many items there are: a list that can be followed has a row without an item when it is empty. */
static int count_items(const struct statement *statement)
{
    const struct query_list *list = statement->query->list;
    int rows = PQntuples(statement->result);
    bool none =
        list->changes && rows == 1 && value_of(statement->result, 0, list->key_result).len == 0;
    return none ? 0 : rows;
}

/* How many there are: exactly, or LIMIT_COUNT and more. */
static void add_total(struct buf *out, const PGresult *rows)
{
    int64_t total = 0;
    bool exact = str_to_int(str_of(PQgetvalue(rows, 0, 0)), &total) && total <= LIMIT_COUNT;
    buf_print(out, ",\"total\":%lld,\"totalIsExact\":%s",
              exact ? (long long)total : (long long)LIMIT_COUNT, exact ? "true" : "false");
}

struct str page_print(struct exchange *exchange, const struct statement *statement,
                      struct str *ret_shown)
{
    struct buf out = buf_in(exchange->ctx.arena);
    const struct page *page = &exchange->page;
    const struct query_list *list = statement->query->list;
    int items = count_items(statement);
    bool more = items > page->size, follows = list->changes && page->sort == list->changes;
    int shown = more ? (int)page->size : items;
    struct schema_writer writer =
        schema_writer_of(exchange->request.operation->response, exchange->mask, statement->result);
    struct str next = more ? place_after(exchange, statement, shown - 1) : (struct str){0};
    buf_add(&out, S("{\"items\":["));
    for (int i = 0; i < shown; i++) {
        if (i)
            buf_add_char(&out, ',');
        schema_write(&out, &writer, i);
    }
    buf_print(&out, "],\"pageSize\":%lld", (long long)page->size);
    if (page->count)
        add_total(&out, page->count->result);
    buf_add(&out, S(",\"_links\":{\"self\":"));
    add_link(&out, exchange, (struct str){0}, (struct str){0});
    if (more) {
        buf_add(&out, S(",\"next\":"));
        add_link(&out, exchange, follows ? S("after") : S("cursor"), next);
    }
    buf_add_char(&out, '}');
    size_t shown_len = out.len;
    if (list->changes && !page->cursor_value.at) {
        struct str position = follows && more ? next : horizon(exchange, statement);
        buf_print(&out, ",\"position\":\"%.*s\"", STR_ARG(position));
    }
    buf_add_char(&out, '}');
    struct str body = buf_str(&out);
    *ret_shown = (struct str){body.at, shown_len};
    return body;
}
