/* SPDX-License-Identifier: EUPL-1.2 */
/* Keyset pagination, with the sorts and filters that the query names:
 *
 *   base … where true │ and <filter> … │ and (sort, key) > ($, $) │ order by sort, key │ limit size+1
 *
 * The text of a statement is composed of generated text only; values of clients travel as
 * parameters. */
#include "lib/server/page.h"

#include "lib/auth/cursor.h"
#include "lib/base/limits.h"
#include "lib/db/rows.h"
#include "lib/http/schema_write.h"

_Static_assert(LIMIT_QUERY_PARAMETERS <= 8 * sizeof(unsigned), "a set of filters");
_Static_assert(LIMIT_QUERY_PARAMETERS + 4 <= LIMIT_PARAMETERS, "cursor, pageSize, sort, fields");

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
    note(exchange, "sort", FAULT_UNKNOWN_FIELD, (struct str){0});
}

static uint64_t hash_filters(const struct exchange *exchange)
{
    uint64_t hash = 0xcbf29ce484222325u;
    const struct operation *operation = exchange->request.operation;
    for (size_t i = 0; i < operation->parameters_count + operation->path_count; i++) {
        struct str text = i < operation->parameters_count
                              ? exchange->request.query[i]
                              : exchange->request.path[i - operation->parameters_count];
        for (size_t j = 0; j < text.len; j++)
            hash = (hash ^ (unsigned char)text.at[j]) * 0x100000001b3u;
        hash = (hash ^ (text.at ? 0xff : 0xfe)) * 0x100000001b3u;
    }
    for (const char *c = operation->id; *c; c++)
        hash = (hash ^ (unsigned char)*c) * 0x100000001b3u;
    return hash;
}

static void read_cursor(struct exchange *exchange, struct str text)
{
    struct page *page = &exchange->page;
    struct cursor cursor;
    if (cursor_read(exchange->ctx.arena, exchange->loop->server->keys, text, &cursor) != OK
        || !str_equal(cursor.sort, str_of(page->sort->name))
        || cursor.descending != page->descending || cursor.filters_hash != page->filters) {
        note(exchange, "cursor", FAULT_CURSOR, (struct str){0});
        return;
    }
    page->cursor_value = cursor.value;
    page->cursor_key = cursor.key;
}

void page_read(struct exchange *exchange)
{
    struct page *page = &exchange->page;
    const struct query_list *list = exchange->request.operation->list->list;
    struct str size = exchange_parameter(exchange, "pageSize"),
               cursor = exchange_parameter(exchange, "cursor");
    page->size = PAGE_DEFAULT;
    if (size.at && (!str_to_int(size, &page->size) || page->size < 1 || page->size > LIMIT_PAGE))
        note(exchange, "pageSize", FAULT_RANGE, S("1..100"));
    read_sort(exchange, list, exchange_parameter(exchange, "sort"));
    page->filters = hash_filters(exchange);
    if (cursor.at)
        read_cursor(exchange, cursor);
}

/* Adds " and <predicate>", with % as parameter `number` and %% as %. */
static void add_predicate(struct buf *text, const char *predicate, int number)
{
    buf_add(text, S(" and "));
    for (const char *c = predicate; *c; c++) {
        if (*c == '%' && c[1] == '%')
            buf_add_char(text, *c++);
        else if (*c == '%')
            buf_print(text, "$%d", number);
        else
            buf_add_char(text, *c);
    }
}

static void add_order(struct buf *text, const struct page *page, const struct query_list *list,
                      int limit)
{
    const char *way = page->descending ? " desc" : "";
    buf_print(text, " order by %s%s, %s%s limit $%d::int", page->sort->column, way, list->key, way,
              limit);
}

/* Turns the statement into the variant that was asked for. The variant has a name of its own. */
void page_compose(struct exchange *exchange, struct statement *statement)
{
    struct arena *arena = exchange->ctx.arena;
    const struct page *page = &exchange->page;
    const struct query *base = statement->query;
    const struct query_list *list = base->list;
    struct buf text = buf_in(arena);
    unsigned filters = 0;
    int count = base->parameters;
    struct str *values =
        arena_array(arena, (size_t)count + list->filters_count + 3, sizeof *values);
    if (count)
        memcpy(values, statement->values, (size_t)count * sizeof *values);
    buf_add(&text, str_of(base->text));
    for (size_t i = 0; i < list->filters_count; i++) {
        if (!exchange->request.query[i].at)
            continue;
        filters |= 1u << i;
        values[count++] = exchange->request.query[i];
        add_predicate(&text, list->filters[i].predicate, count);
    }
    if (page->cursor_value.at) {
        values[count++] = page->cursor_value;
        values[count++] = page->cursor_key;
        buf_print(&text, " and (%s, %s) %s ($%d::%s, $%d::%s)", page->sort->column, list->key,
                  page->descending ? "<" : ">", count - 1, page->sort->type, count, list->key_type);
    }
    values[count++] = arena_int(arena, page->size + 1);
    add_order(&text, page, list, count);
    struct query *variant = ARENA_NEW(arena, struct query);
    *variant = *base;
    variant->text = buf_str(&text).at;
    variant->parameters = count;
    variant->name =
        arena_print(arena, "%s.%zu%c%c%x", base->name, (size_t)(page->sort - list->sorts),
                    page->descending ? 'd' : 'a', page->cursor_value.at ? 'c' : 'f', filters)
            .at;
    statement->query = variant;
    statement->values = values;
}

static void add_link(struct buf *out, const struct exchange *exchange, struct str cursor)
{
    struct buf link = buf_in(out->arena);
    const char *separator = "?";
    for (size_t i = 0; i < exchange->uri.segments_count; i++) {
        buf_add_char(&link, '/');
        uri_encode(&link, exchange->uri.segments[i]);
    }
    for (size_t i = 0; i < exchange->uri.parameters_count; i++) {
        const struct uri_parameter *given = &exchange->uri.parameters[i];
        if (cursor.at && str_equal(given->name, S("cursor")))
            continue;
        buf_print(&link, "%s%.*s=", separator, STR_ARG(given->name));
        uri_encode(&link, given->value);
        separator = "&";
    }
    if (cursor.at)
        buf_print(&link, "%scursor=%.*s", separator, STR_ARG(cursor));
    buf_add(out, S("{\"href\":"));
    buf_add_json(out, buf_str(&link));
    buf_add_char(out, '}');
}

static struct str value_of(const PGresult *rows, int row, const char *column)
{
    int number;
    return rows_column(rows, column, 0, &number) ? str_of(PQgetvalue(rows, row, number)) : S("");
}

static struct str next_cursor(const struct exchange *exchange, const struct statement *statement,
                              int last)
{
    const struct page *page = &exchange->page;
    struct cursor cursor = {
        .sort = str_of(page->sort->name),
        .descending = page->descending,
        .value = value_of(statement->result, last, page->sort->result),
        .key = value_of(statement->result, last, statement->query->list->key_result),
        .filters_hash = page->filters,
    };
    return cursor_print(exchange->ctx.arena, exchange->loop->server->keys, &cursor);
}

struct str page_print(struct exchange *exchange, const struct statement *statement)
{
    struct buf out = buf_in(exchange->ctx.arena);
    int rows = PQntuples(statement->result), shown = rows;
    bool more = rows > exchange->page.size;
    if (more)
        shown = (int)exchange->page.size;
    struct schema_writer writer =
        schema_writer_of(exchange->request.operation->response, exchange->mask, statement->result);
    buf_add(&out, S("{\"items\":["));
    for (int i = 0; i < shown; i++) {
        if (i)
            buf_add_char(&out, ',');
        schema_write(&out, &writer, i);
    }
    buf_print(&out, "],\"pageSize\":%lld,\"_links\":{\"self\":", (long long)exchange->page.size);
    add_link(&out, exchange, (struct str){0});
    if (more) {
        buf_add(&out, S(",\"next\":"));
        add_link(&out, exchange, next_cursor(exchange, statement, shown - 1));
    }
    buf_add(&out, S("}}"));
    return buf_str(&out);
}
