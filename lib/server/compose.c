/* SPDX-License-Identifier: EUPL-1.2 */
/* The statement of a list, as a request asks for it:
 *
 *   base … where true │ and <filter> … │ and (sort, key) > ($, $) │ order by sort, key │ limit size+1
 *
 * With several values of one filter it is
 *
 *   select x.* from unnest($) each_value cross join lateral (the above, with the filter on each_value) x
 *   order by sort, key limit size+1
 *
 * because each of its runs then reads no more than a page, in the order of its index. The text is composed
 * of generated text only; values of clients travel as parameters. */
#include "lib/server/compose.h"

#include "lib/base/buf.h"
#include "lib/base/limits.h"
#include "openapi/gen/role.h"

_Static_assert(LIMIT_QUERY_PARAMETERS <= 8 * sizeof(unsigned), "a set of filters");

/* A statement that is being composed, and what tells it from the others of its list: which filters
 * were given, which of them in another way than with one value, and what was chosen. */
struct variant {
    struct buf text;
    struct str *values;
    int count;
    unsigned given, other;
    bool reached;    /* it begins at the persons whom the caller may see */
    unsigned chosen; /* of filters with SQL for each value: which value, of all such filters */
    int each;        /* the value of which the statement runs once for each item; 0: none */
};

/* Adds the predicate with `value` in the place of % and % in that of %%. */
static void add_predicate(struct variant *variant, struct str predicate, struct str value)
{
    buf_add(&variant->text, S(" and "));
    for (size_t i = 0; i < predicate.len; i++) {
        bool percent = predicate.at[i] == '%',
             doubled = percent && i + 1 < predicate.len && predicate.at[i + 1] == '%';
        if (percent && !doubled)
            buf_add(&variant->text, value);
        else
            buf_add_char(&variant->text, predicate.at[i]);
        i += doubled;
    }
}

/* A condition holds or not: the parameter is a boolean. */
static void add_condition(struct variant *variant, const char *predicate, bool holds)
{
    buf_print(&variant->text, " and (%s)%s", predicate, holds ? "" : " is not true");
}

/* Several values: the statement runs once for each value of the first filter that has several. The
 * predicate ends with "= %". */
static void add_several(struct variant *variant, struct arena *arena, struct str predicate,
                        struct str values)
{
    variant->values[variant->count++] = arena_print(arena, "{%.*s}", STR_ARG(values));
    if (!variant->each) {
        variant->each = variant->count;
        add_predicate(variant, predicate, S("each_value.one"));
        return;
    }
    predicate.len--;
    add_predicate(variant, predicate, S(""));
    buf_print(&variant->text, "any ($%d::text[])", variant->count);
}

/* The predicate of the value that was chosen, or of the first. */
static void add_choice(struct variant *variant, const struct query_choice *choices,
                       struct str given)
{
    unsigned count = 0, chosen = 0;
    for (; choices[count].value; count++)
        if (given.at && str_equal(given, str_of(choices[count].value)))
            chosen = count;
    variant->chosen = variant->chosen * count + chosen;
    add_condition(variant, choices[chosen].predicate, true);
}

static void add_filter(struct variant *variant, const struct exchange *exchange, size_t number,
                       const struct query_filter *filter)
{
    struct arena *arena = exchange->ctx.arena;
    struct str given = exchange->request.query[number], predicate = str_of(filter->predicate);
    bool condition = !memchr(predicate.at, '%', predicate.len),
         several = exchange->request.operation->parameters[number].type == FIELD_LIST
                   && memchr(given.at, ',', given.len);
    variant->given |= 1u << number;
    if (condition) {
        bool holds = str_equal(given, S("true"));
        add_condition(variant, filter->predicate, holds);
        variant->other |= (unsigned)!holds << number;
    } else if (several) {
        add_several(variant, arena, predicate, given);
        variant->other |= 1u << number;
    } else {
        variant->values[variant->count++] = given;
        add_predicate(variant, predicate, arena_print(arena, "$%d", variant->count));
    }
}

/* Whether the caller sees some persons of the municipality, and which says app.access. An employer sees what
 * is about itself. */
static bool sees_some(const struct exchange *exchange)
{
    return exchange->scope == SCOPE_CASELOAD
           || (exchange->scope == SCOPE_ORGANISATION
               && exchange->actor.role != 1u << ROLE_EMPLOYER);
}

/* The statement with the filters that were given, and room for three more values. */
static struct variant with_filters(const struct exchange *exchange,
                                   const struct statement *statement)
{
    struct arena *arena = exchange->ctx.arena;
    const struct query_list *list = statement->query->list;
    size_t count = (size_t)statement->query->parameters;
    struct variant variant = {.text = buf_in(arena),
                              .values = arena_array(arena, count + list->filters_count + 3,
                                                    sizeof *variant.values),
                              .count = (int)count};
    if (count)
        memcpy(variant.values, statement->values, count * sizeof *variant.values);
    buf_add(&variant.text, str_of(statement->query->text));
    for (size_t i = 0; i < list->filters_count; i++)
        if (list->filters[i].choices)
            add_choice(&variant, list->filters[i].choices, exchange->request.query[i]);
        else if (exchange->request.query[i].at)
            add_filter(&variant, exchange, i, &list->filters[i]);
    if (list->living && exchange->page.sort != list->changes)
        add_predicate(&variant, str_of(list->living), S(""));
    bool asked_for_one = list->one >= 0 && exchange->request.query[list->one].at;
    variant.reached = list->reached && !asked_for_one && sees_some(exchange);
    if (variant.reached)
        add_predicate(&variant, str_of(list->reached), S(""));
    return variant;
}

static void add_order(struct buf *text, const struct page *page, const char *column,
                      const char *key, int limit)
{
    const char *way = page->descending ? " desc" : "";
    buf_print(text, " order by %s%s, %s%s limit $%d::int", column, way, key, way, limit);
}

/* What runs once for each value, as one statement. */
static struct buf for_each_value(struct arena *arena, struct variant *variant)
{
    struct buf text = buf_in(arena);
    buf_print(&text, "select x.* from unnest($%d::text[]) each_value (one) cross join lateral (",
              variant->each);
    buf_add(&text, buf_str(&variant->text));
    buf_add(&text, S(") x"));
    return text;
}

/* What is followed comes with the horizon, also when there is none of it. */
static struct buf with_horizon(struct arena *arena, struct variant *variant)
{
    struct buf text = buf_in(arena);
    buf_add(&text, S("select pg_snapshot_xmin(pg_current_snapshot()) as horizon, l.* "
                     "from (values (0)) h left join lateral ("));
    buf_add(&text, buf_str(&variant->text));
    buf_add(&text, S(") l on true"));
    return text;
}

static const struct query *query_of(struct arena *arena, const struct query *base,
                                    struct variant *variant, const char *kind)
{
    struct query *query = ARENA_NEW(arena, struct query);
    *query = *base;
    query->text = buf_str(&variant->text).at;
    query->parameters = variant->count;
    query->name = arena_print(arena, "%s.%s%x.%x.%x%s", base->name, kind, variant->given,
                              variant->other, variant->chosen, variant->reached ? "r" : "")
                      .at;
    return query;
}

/* Turns the statement into the variant that was asked for. The variant has a name of its own. */
static void compose_page(struct exchange *exchange, struct statement *statement)
{
    struct arena *arena = exchange->ctx.arena;
    const struct page *page = &exchange->page;
    const struct query *base = statement->query;
    const struct query_list *list = base->list;
    struct variant variant = with_filters(exchange, statement);
    if (page->cursor_value.at) {
        variant.values[variant.count++] = page->cursor_value;
        variant.values[variant.count++] = page->cursor_key;
        buf_print(&variant.text, " and (%s, %s) %s ($%d::%s, $%d::%s)", page->sort->column,
                  list->key, page->descending ? "<" : ">", variant.count - 1, page->sort->type,
                  variant.count, list->key_type);
    }
    variant.values[variant.count++] = arena_int(arena, page->size + 1);
    add_order(&variant.text, page, page->sort->column, list->key, variant.count);
    if (variant.each) {
        variant.text = for_each_value(arena, &variant);
        add_order(&variant.text, page, arena_print(arena, "x.%s", page->sort->result).at,
                  arena_print(arena, "x.%s", list->key_result).at, variant.count);
    }
    if (list->changes)
        variant.text = with_horizon(arena, &variant);
    size_t sort =
        page->sort == list->changes ? list->sorts_count : (size_t)(page->sort - list->sorts);
    const char *kind = arena_print(arena, "%zu%c%c", sort, page->descending ? 'd' : 'a',
                                   page->cursor_value.at ? 'c' : 'f')
                           .at;
    statement->query = query_of(arena, base, &variant, kind);
    statement->values = variant.values;
}

/* A statement that counts what the filters leave, up to LIMIT_COUNT and one more. */
static struct statement *compose_count(struct exchange *exchange, const struct statement *statement)
{
    struct arena *arena = exchange->ctx.arena;
    struct variant variant = with_filters(exchange, statement);
    variant.values[variant.count++] = arena_int(arena, LIMIT_COUNT + 1);
    buf_print(&variant.text, " limit $%d::int", variant.count);
    if (variant.each) {
        variant.text = for_each_value(arena, &variant);
        buf_print(&variant.text, " limit $%d::int", variant.count);
    }
    struct str counted = buf_str(&variant.text);
    variant.text = buf_in(arena);
    buf_print(&variant.text, "select count(*) as total from (%.*s) counted", STR_ARG(counted));
    struct query *query = ARENA_NEW(arena, struct query);
    *query = *query_of(arena, statement->query, &variant, "n");
    query->rows = QUERY_ONE;
    query->when_none = OK;
    query->list = NULL;
    struct statement *made = ARENA_NEW(arena, struct statement);
    *made = (struct statement){.query = query, .values = variant.values};
    return made;
}

void compose_list(struct exchange *exchange, struct plan *plan)
{
    struct statement *counts = NULL;
    for (struct statement *s = plan->first; s; s = s->next) {
        if (!s->query->list)
            continue;
        if (exchange->page.counts)
            counts = compose_count(exchange, s);
        compose_page(exchange, s);
    }
    if (!counts)
        return;
    counts->next = plan->first;
    plan->first = counts;
    plan->count++;
    exchange->page.count = counts;
}
