/* SPDX-License-Identifier: EUPL-1.2 */
/* Pages of lists: what is read of the parameters, and the statement that comes of it. The
 * numbers of its own values are those after the values of the query itself. */
#include "tests/unit/unit.h"

#include "lib/auth/cursor.h"
#include "lib/base/buf.h"
#include "lib/server/compose.h"
#include "lib/server/page.h"
#include "openapi/gen/role.h"
#include "services/employers/gen/contract.h"
#include "services/employers/gen/queries.h"

static const struct keys keys = {.cursor = "0123456789abcdef0123456789abcde"};
static struct server server = {.keys = (struct keys *)&keys};
static struct loop loop = {.server = &server};

static struct str exchange_user; /* who asks; absent: one and the same */

static const struct operation *operation_named(const char *id)
{
    for (size_t i = 0; i < employers_service.count; i++)
        if (strcmp(employers_service.operations[i].id, id) == 0)
            return &employers_service.operations[i];
    fail();
    return NULL;
}

/* Reads the query of "/v1/vacancies?…", as if its values were checked. */
static struct exchange *asked(void **state, const char *query)
{
    struct ctx *ctx = *state;
    struct exchange *exchange = ARENA_NEW(ctx->arena, struct exchange);
    exchange->ctx = *ctx;
    exchange->loop = &loop;
    exchange->actor.role = 1u << ROLE_CONSULTANT;
    exchange->actor.user_id = exchange_user;
    exchange->request.operation = operation_named("listVacancies");
    assert_int_equal(uri_read(&exchange->ctx, arena_print(ctx->arena, "/v1/vacancies?%s", query),
                              &exchange->uri),
                     OK);
    exchange->actor.tenant_id = S("0189abcd-0000-7234-8abc-def012345678");
    for (size_t i = 0; i < exchange->request.operation->parameters_count; i++)
        exchange->request.query[i] =
            exchange_parameter(exchange, exchange->request.operation->parameters[i].name);
    page_read(exchange);
    return exchange;
}

static struct statement *composed(struct exchange *exchange)
{
    struct plan plan = {.ctx = &exchange->ctx};
    struct statement *statement = sql_vacancy_list(&plan, (struct sql_vacancy_list){0});
    compose_list(exchange, &plan);
    return statement;
}

/* The text after "where true", with numbers from $1 on. */
static const char *tail_of(void **state, const struct statement *statement)
{
    struct ctx *ctx = *state;
    struct buf out = buf_in(ctx->arena);
    const char *at = strstr(statement->query->text, "where true") + strlen("where true");
    while (*at) {
        char *after;
        if (*at != '$') {
            buf_add_char(&out, *at++);
            continue;
        }
        buf_print(&out, "$%ld", strtol(at + 1, &after, 10) - query_vacancy_list.parameters);
        at = after;
    }
    return buf_str(&out).at;
}

static struct str value_at(const struct statement *statement, int number)
{
    return statement->values[query_vacancy_list.parameters + number];
}

static void without_parameters_the_newest_come_first(void **state)
{
    struct statement *statement = composed(asked(state, ""));
    assert_string_equal(tail_of(state, statement),
                        " order by v.reported_at desc, v.id desc limit $1::int) l on true");
    assert_str(value_at(statement, 0), "21"); /* one more than is shown: is there a next page? */
}

static void values_travel_as_parameters(void **state)
{
    struct statement *statement = composed(asked(state, "state=open%27--&sort=title&pageSize=3"));
    assert_string_equal(tail_of(state, statement),
                        " and v.state = $1 order by v.title, v.id limit $2::int) l on true");
    assert_str(value_at(statement, 0), "open'--");
    assert_str(value_at(statement, 1), "4");
}

static struct str cursor_of(struct exchange *exchange)
{
    struct cursor cursor = {.value = S("O'Neill"),
                            .key = S("0189abcd-ef01-7234-8abc-def012345678")};
    return cursor_print(exchange->ctx.arena, &keys, exchange->page.owner, &cursor);
}

static struct exchange *next(void **state, const char *query, struct str cursor)
{
    struct ctx *ctx = *state;
    return asked(state, arena_print(ctx->arena, "%s&cursor=%.*s", query, STR_ARG(cursor)).at);
}

static void a_cursor_goes_on_behind_the_last_one(void **state)
{
    struct str cursor = cursor_of(asked(state, "state=open&sort=title"));
    struct exchange *exchange = next(state, "state=open&sort=title", cursor);
    assert_int_equal(exchange->ctx.faults.count, 0);
    struct statement *statement = composed(exchange);
    assert_string_equal(tail_of(state, statement),
                        " and v.state = $1 and (v.title, v.id) > ($2::text, $3::uuid)"
                        " order by v.title, v.id limit $4::int) l on true");
    assert_str(value_at(statement, 1), "O'Neill");
    exchange =
        next(state, "state=open&sort=-title", cursor_of(asked(state, "state=open&sort=-title")));
    assert_non_null(strstr(tail_of(state, composed(exchange)), "(v.title, v.id) < ("));
}

static void a_cursor_belongs_to_what_was_asked(void **state)
{
    struct str cursor = cursor_of(asked(state, "state=open&sort=title"));
    static const char *const others[] = {"state=filled&sort=title", "sort=title",
                                         "state=open&sort=-title", "state=open&sort=changedAt",
                                         "state=&sort=title"};
    for (size_t i = 0; i < sizeof others / sizeof *others; i++) {
        struct exchange *exchange = next(state, others[i], cursor);
        assert_int_equal(exchange->ctx.faults.count, 1);
        assert_int_equal(exchange->ctx.faults.at[0].code, FAULT_CURSOR);
        assert_null(exchange->page.cursor_value.at);
    }
    exchange_user = S("01920000-0000-7000-8000-000000000099");
    assert_int_equal(next(state, "state=open&sort=title", cursor)->ctx.faults.count, 1);
    exchange_user = (struct str){0};
    assert_int_equal(next(state, "state=open&sort=title", cursor)->ctx.faults.count, 0);
    char *broken = (char *)cursor.at;
    broken[cursor.len / 2] ^= 1;
    assert_int_equal(next(state, "state=open&sort=title", cursor)->ctx.faults.count, 1);
}

static void statements_that_differ_have_names_that_differ(void **state)
{
    static const char *const queries[] = {"",
                                          "state=open",
                                          "state=open,filled",
                                          "state=open&kind=temp,event",
                                          "state=open,filled&kind=temp,event",
                                          "assignedToMe=true",
                                          "assignedToMe=false",
                                          "sort=reportedAt",
                                          "sort=-title",
                                          "sort=title",
                                          "sort=changedAt"};
    const char *names[sizeof queries / sizeof *queries];
    for (size_t i = 0; i < sizeof queries / sizeof *queries; i++) {
        names[i] = composed(asked(state, queries[i]))->query->name;
        for (size_t j = 0; j < i; j++)
            assert_string_not_equal(names[i], names[j]);
    }
    assert_string_equal(names[1], composed(asked(state, "state=filled&pageSize=7"))->query->name);
}

/* A cursor whose value and key are those of a position, for this owner: the list and the
 * municipality. */
static struct str position_of(void **state, struct str owner)
{
    struct ctx *ctx = *state;
    struct cursor cursor = {.value = S("12345"), .key = S("0189abcd-ef01-7234-8abc-def012345678")};
    return cursor_print(ctx->arena, &keys, owner, &cursor);
}

static struct exchange *asked_after(void **state, const char *query, struct str position)
{
    struct ctx *ctx = *state;
    return asked(state, arena_print(ctx->arena, "%s&after=%.*s", query, STR_ARG(position)).at);
}

static void who_reads_after_a_position_gets_what_changed_in_its_order(void **state)
{
    struct str list = asked_after(state, "", S("x"))->page.owner;
    struct str position = position_of(state, list);
    struct exchange *exchange = asked_after(state, "state=open", position);
    assert_int_equal(exchange->ctx.faults.count, 0);
    struct statement *statement = composed(exchange);
    assert_string_equal(
        tail_of(state, statement),
        " and v.state = $1 and (v.changed_in, v.id) > (split_part($2, '/', 1)::xid8, "
        "split_part($2, '/', 2)::uuid) and v.changed_in < "
        "pg_snapshot_xmin(pg_current_snapshot()) order by v.changed_in, v.id limit "
        "$3::int) l on true");
    assert_str(value_at(statement, 1), "12345/0189abcd-ef01-7234-8abc-def012345678");
    assert_string_not_equal(statement->query->name,
                            composed(asked(state, "state=open"))->query->name);
}

static void a_position_is_one_of_this_list_and_stands_alone(void **state)
{
    struct str list = asked_after(state, "", S("x"))->page.owner;
    struct str position = position_of(state, list);
    struct str cursor = cursor_of(asked(state, ""));
    assert_int_equal(asked_after(state, "", position)->ctx.faults.count, 0);
    assert_int_equal(asked_after(state, "", cursor)->ctx.faults.count, 1);
    assert_int_equal(next(state, "", position)->ctx.faults.count, 1);
    assert_int_equal(asked_after(state, "", position_of(state, S("")))->ctx.faults.count, 1);
    exchange_user = S("01920000-0000-7000-8000-000000000099"); /* a colleague may go on from it */
    assert_int_equal(asked_after(state, "", position)->ctx.faults.count, 0);
    exchange_user = (struct str){0};
    assert_int_equal(asked_after(state, "sort=title", position)->ctx.faults.at[0].code,
                     FAULT_NOT_HERE);
    assert_int_equal(asked_after(state, "cursor=x", position)->ctx.faults.at[0].code,
                     FAULT_NOT_HERE);
}

static void several_values_are_one_run_for_each(void **state)
{
    struct statement *statement =
        composed(asked(state, "state=reported,screening&kind=temp,event&sort=title"));
    assert_string_equal(tail_of(state, statement),
                        " and v.state = each_value.one and v.kind = any ($2::text[])"
                        " order by v.title, v.id limit $3::int) x"
                        " order by x.title, x.id limit $3::int) l on true");
    assert_non_null(strstr(statement->query->text, "select x.* from unnest($"));
    assert_str(value_at(statement, 0), "{reported,screening}");
    assert_str(value_at(statement, 1), "{temp,event}");
}

static void a_condition_holds_or_not(void **state)
{
    const char *yes = tail_of(state, composed(asked(state, "assignedToMe=true"))),
               *no = tail_of(state, composed(asked(state, "assignedToMe=false")));
    assert_non_null(strstr(yes, " and (v.assignee_id = (select app.actor())) order by"));
    assert_non_null(strstr(no, " and (v.assignee_id = (select app.actor())) is not true order by"));
}

static void what_the_filters_leave_is_counted_first(void **state)
{
    struct exchange *exchange = asked(state, "state=open&count=true&sort=title&pageSize=3");
    struct plan plan = {.ctx = &exchange->ctx};
    sql_vacancy_list(&plan, (struct sql_vacancy_list){0});
    compose_list(exchange, &plan);
    assert_ptr_equal(plan.first, exchange->page.count);
    assert_int_equal(plan.count, 2);
    assert_string_equal(tail_of(state, plan.first), " and v.state = $1 limit $2::int) counted");
    assert_str(value_at(plan.first, 1), "10001");
    exchange = asked(state, "state=open");
    composed(exchange);
    assert_null(exchange->page.count);
}

static void strange_sizes_and_sorts_are_faults(void **state)
{
    static const char *const queries[] = {"pageSize=0",    "pageSize=101",
                                          "pageSize=-1",   "pageSize=1.0",
                                          "pageSize=",     "pageSize=99999999999999999999",
                                          "sort=",         "sort=-",
                                          "sort=--title",  "sort=Title",
                                          "sort=title,id", "sort=nothing",
                                          "cursor=",       "count=1"};
    for (size_t i = 0; i < sizeof queries / sizeof *queries; i++)
        assert_int_equal(asked(state, queries[i])->ctx.faults.count, 1);
    assert_int_equal(asked(state, "pageSize=100")->page.size, 100);
    assert_int_equal(asked(state, "pageSize=1")->page.size, 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        UNIT(several_values_are_one_run_for_each),
        UNIT(a_condition_holds_or_not),
        UNIT(what_the_filters_leave_is_counted_first),
        UNIT(without_parameters_the_newest_come_first),
        UNIT(values_travel_as_parameters),
        UNIT(a_cursor_goes_on_behind_the_last_one),
        UNIT(a_cursor_belongs_to_what_was_asked),
        UNIT(statements_that_differ_have_names_that_differ),
        UNIT(who_reads_after_a_position_gets_what_changed_in_its_order),
        UNIT(a_position_is_one_of_this_list_and_stands_alone),
        UNIT(strange_sizes_and_sorts_are_faults),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
