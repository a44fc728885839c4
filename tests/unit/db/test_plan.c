/* SPDX-License-Identifier: EUPL-1.2 */
/* Plans. */
#include "tests/unit/unit.h"

#include "lib/db/plan.h"

static const struct query write = {.name = "write", .text = "select $1, $2", .parameters = 2},
                          one = {.name = "one", .text = "select 1", .rows = QUERY_ONE},
                          many = {.name = "many", .text = "select 1", .rows = QUERY_MANY};

static const struct query row = {.name = "row",
                                 .text = "insert into t select * from unnest($1::bigint[],"
                                         " $2::text[])",
                                 .parameters = 2,
                                 .gathers = true};

static struct plan plan_in(void **state)
{
    return (struct plan){.ctx = *state};
}

static void statements_keep_their_order_and_their_values(void **state)
{
    struct plan plan = plan_in(state);
    struct str values[] = {S("a"), {0}};
    const struct statement *first = plan_add(&plan, &write, values);
    values[0] = S("b"); /* the plan has its own */
    plan_add(&plan, &one, NULL);
    assert_int_equal(plan.count, 2);
    assert_ptr_equal(plan.first, first);
    assert_ptr_equal(first->next, plan.last);
    assert_str(first->values[0], "a");
    assert_null(first->values[1].at);
}

static void a_joined_plan_comes_behind(void **state)
{
    struct plan plan = plan_in(state), more = plan_in(state), none = plan_in(state);
    plan_join(&plan, &none);
    assert_null(plan.first);
    plan_add(&more, &one, NULL);
    plan_join(&plan, &more); /* into an empty one */
    assert_ptr_equal(plan.first, more.first);
    struct plan third = plan_in(state);
    plan_add(&third, &many, NULL), plan_add(&third, &one, NULL);
    plan_join(&plan, &third);
    plan_join(&plan, &none);
    assert_int_equal(plan.count, 3);
    assert_ptr_equal(plan.first->next->query, &many);
    plan_add(&plan, &many, NULL); /* goes on at the end */
    assert_ptr_equal(plan.first->next->next->next, plan.last);
}

static void add_row(struct plan *plan, struct str n, struct str text)
{
    plan_add(plan, &row, (const struct str[]){n, text});
}

static void what_gathers_is_one_statement(void **state)
{
    struct plan plan = plan_in(state);
    add_row(&plan, S("1"), S("a"));
    assert_str(plan.last->values[0], "{1}");
    assert_str(plan.last->values[1], "{\"a\"}");
    add_row(&plan, S("22"), (struct str){0});
    add_row(&plan, S("-3"), S("\\ \" , } null"));
    add_row(&plan, S("4"), S(""));
    add_row(&plan, S("5"), S("null"));
    assert_int_equal(plan.count, 1);
    assert_str(plan.last->values[0], "{1,22,\"-3\",4,5}");
    assert_str(plan.last->values[1], "{\"a\",null,\"\\\\ \\\" , } null\",\"\",\"null\"}");
    plan_add(&plan, &one, NULL); /* order counts: what comes behind another is another */
    add_row(&plan, S("6"), S("b"));
    assert_int_equal(plan.count, 3);
    assert_str(plan.last->values[0], "{6}");
}

static void joined_plans_gather(void **state)
{
    struct plan plan = plan_in(state), more = plan_in(state), rest = plan_in(state);
    add_row(&plan, S("1"), S("a"));
    add_row(&more, S("2"), S("b"));
    add_row(&more, S("3"), S("c"));
    plan_join(&plan, &more);
    assert_int_equal(plan.count, 1);
    assert_null(plan.last->next);
    assert_str(plan.last->values[0], "{1,2,3}");
    assert_str(plan.last->values[1], "{\"a\",\"b\",\"c\"}");
    assert_str(more.last->values[0], "{2,3}");
    add_row(&rest, S("4"), S("d"));
    plan_add(&rest, &one, NULL);
    plan_join(&plan, &rest);
    assert_int_equal(plan.count, 2);
    assert_str(plan.first->values[0], "{1,2,3,4}");
    assert_ptr_equal(plan.first->next, plan.last);
    assert_ptr_equal(plan.last->query, &one);
    add_row(&plan, S("5"), S("e"));
    assert_int_equal(plan.count, 3);
}

static void the_last_rows_answer(void **state)
{
    struct plan plan = plan_in(state);
    const struct str values[] = {S("a"), S("b")};
    plan_add(&plan, &write, values);
    assert_null(plan_answer(&plan));
    const struct statement *first = plan_add(&plan, &many, NULL);
    assert_ptr_equal(plan_answer(&plan), first);
    const struct statement *last = plan_add(&plan, &one, NULL);
    plan_add(&plan, &write, values);
    assert_ptr_equal(plan_answer(&plan), last);
}

static void values_travel_as_text_and_absent_is_null(void **state)
{
    struct plan plan = plan_in(state);
    static const int64_t ids[] = {INT64_MIN, 0, INT64_MAX};
    assert_str(plan_ids(&plan, ids, 3), "{-9223372036854775808,0,9223372036854775807}");
    assert_str(plan_ids(&plan, ids, 0), "{}");
    assert_null(plan_int(&plan, (struct maybe_int){0, false}).at);
    assert_str(plan_int(&plan, (struct maybe_int){-3, true}), "-3");
    assert_null(plan_bool((struct maybe_bool){true, false}).at);
    assert_str(plan_bool((struct maybe_bool){false, true}), "false");
}

static void rows_are_one_statement_with_a_name_of_its_own(void **state)
{
    static const struct query query = {
        .name = "note",
        .text = "insert into t select now(), v.* from (values ($1::uuid, $2::text)) v",
        .parameters = 2};
    struct plan plan = plan_in(state);
    const struct str values[] = {S("a"), S("b"), S("c"), {0}, S("e"), S("f")};
    const struct statement *three = plan_add_rows(&plan, &query, values, 3);
    assert_string_equal(three->query->text,
                        "insert into t select now(), v.* from (values ($1::uuid, $2::text)"
                        ",($3::uuid, $4::text),($5::uuid, $6::text)) v");
    assert_string_equal(three->query->name, "note.3");
    assert_int_equal(three->query->parameters, 6);
    assert_str(three->values[4], "e");
    assert_null(three->values[3].at);
    const struct statement *alone = plan_add_rows(&plan, &query, values, 1);
    assert_string_equal(alone->query->text, query.text);
    assert_int_equal(plan.count, 2);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        UNIT(statements_keep_their_order_and_their_values),
        UNIT(a_joined_plan_comes_behind),
        UNIT(what_gathers_is_one_statement),
        UNIT(joined_plans_gather),
        UNIT(the_last_rows_answer),
        UNIT(values_travel_as_text_and_absent_is_null),
        UNIT(rows_are_one_statement_with_a_name_of_its_own),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
