/* SPDX-License-Identifier: EUPL-1.2 */
/* The contract engine: a body becomes a struct with all faults; a row shows only what
 * the mask allows. */
#include "tests/unit/unit.h"

#include "lib/db/rows.h"
#include "lib/http/schema_columns.h"
#include "lib/http/schema_read.h"
#include "lib/http/schema_write.h"
#include "lib/json/parse.h"
#include "openapi/gen/role.h"
#include "services/employers/gen/contract.h"

static const char vacancy[] =
    "{\"employerId\":\"01920000-0000-7000-8000-000000000e01\",\"title\":\"Orderpicker\",\"kind\":\"regular\","
    "\"occupationId\":\"01920000-0000-7000-8000-000000000101\",\"hoursMin\":24,\"hoursMax\":36,\"pc4\":\"5038\","
    "\"positions\":2,\"conditions\":[{\"condition\":\"dutch_a2\",\"hard\":true}],\"shifts\":[\"day\"]}";

static enum err read(struct ctx *ctx, const char *text, bool partial, void **into)
{
    cJSON *json = NULL;
    json_start();
    assert_int_equal(json_parse(ctx, str_of(text), &json), OK);
    return schema_read(ctx, &vacancy_new_schema, json, partial, into);
}

static void a_body_becomes_a_struct(void **state)
{
    void *into = NULL;
    assert_int_equal(read(*state, vacancy, false, &into), OK);
    const struct vacancy_new *made = into;
    assert_str(made->title, "Orderpicker");
    assert_true(made->hours_min.is && made->hours_min.value == 24);
    assert_false(made->candidates_wanted.is);
    assert_int_equal(made->conditions.count, 1);
    assert_str(((struct vacancy_condition *)made->conditions.at)[0].condition, "dutch_a2");
}

static bool has_fault(const struct ctx *ctx, const char *where, enum fault_code code)
{
    for (size_t i = 0; i < ctx->faults.count; i++)
        if (str_equal(ctx->faults.at[i].where, str_of(where)) && ctx->faults.at[i].code == code)
            return true;
    return false;
}

static void all_faults_come_together(void **state)
{
    struct ctx *ctx = *state;
    void *into = NULL;
    enum err err = read(ctx,
                        "{\"title\":\"\",\"hoursMin\":0,"
                        "\"x/y\":1,\"conditions\":[{\"hard\":1}],\"startDate\":\"2026-02-30\"}",
                        false, &into);
    assert_int_equal(err, ERR_INVALID);
    assert_null(into);
    assert_true(has_fault(ctx, "/title", FAULT_LENGTH));
    assert_true(has_fault(ctx, "/hoursMin", FAULT_RANGE));
    assert_true(has_fault(ctx, "/x~1y", FAULT_UNKNOWN_PROPERTY));
    assert_true(has_fault(ctx, "/conditions/0/hard", FAULT_TYPE));
    assert_true(has_fault(ctx, "/conditions/0/condition", FAULT_REQUIRED));
    assert_true(has_fault(ctx, "/startDate", FAULT_FORMAT));
    assert_true(has_fault(ctx, "/employerId", FAULT_REQUIRED));
}

static void a_partial_body_needs_nothing(void **state)
{
    void *into = NULL;
    assert_int_equal(read(*state, "{}", true, &into), OK);
    assert_int_equal(read(*state, "{\"startDate\":null}", true, &into), OK);
    assert_int_equal(read(*state, "{\"title\":null}", true, &into), ERR_INVALID);
}

static void lengths_count_characters(void **state)
{
    struct ctx *ctx = *state;
    struct buf text = buf_in(ctx->arena);
    void *into = NULL;
    buf_add(&text, S("{\"title\":\""));
    for (int i = 0; i < 120; i++)
        buf_add(&text, S("\xf0\x9f\x98\x80"));
    buf_add(&text, S("\"}"));
    assert_int_equal(read(ctx, buf_str(&text).at, true, &into), OK);
}

static void documents_have_column_names(void **state)
{
    struct ctx *ctx = *state;
    cJSON *json = NULL;
    json_start();
    assert_int_equal(json_parse(ctx, S("{\"hoursMin\":3,\"pc4\":\"5012\",\"startDate\":null}"),
                                &json),
                     OK);
    assert_str(schema_columns(ctx->arena, &vacancy_new_schema, json),
               "{\"hours_min\":3,\"postcode4\":\"5012\",\"start_date\":null}");
}

static void an_object_without_a_schema_stays_as_it_was_sent(void **state)
{
    static const struct field fields[] = {
        {.name = "value", .column = "rule", .type = FIELD_JSON, .visible_to = ~0u}};
    static const struct schema open = {.name = "Open",
                                       .fields = fields,
                                       .count = 1,
                                       .size = sizeof(struct str)};
    struct ctx *ctx = *state;
    cJSON *json = NULL;
    struct str *kept = NULL;
    json_start();
    assert_int_equal(json_parse(ctx,
                                S("{\"value\":{\"startDate\":[1,-2.5,0.25,true,null,\"\\\"\"],"
                                  "\"b\":{\"c\":[]}}}"),
                                &json),
                     OK);
    assert_int_equal(schema_read(ctx, &open, json, false, (void **)&kept), OK);
    assert_str(*kept, "{\"startDate\":[1,-2.5,0.25,true,null,\"\\\"\"],\"b\":{\"c\":[]}}");
    assert_str(schema_columns(ctx->arena, &open, json),
               "{\"rule\":{\"startDate\":[1,-2.5,0.25,true,null,\"\\\"\"],\"b\":{\"c\":[]}}}");
    assert_int_equal(json_parse(ctx, S("{\"value\":[1]}"), &json), OK);
    assert_int_equal(schema_read(ctx, &open, json, false, (void **)&kept), ERR_INVALID);
    assert_true(has_fault(ctx, "/value", FAULT_TYPE));
}

static void what_is_repeated_is_told_where(void **state)
{
    struct ctx *ctx = *state;
    void *into = NULL;
    enum err err = read(
        ctx,
        "{\"conditions\":[{\"condition\":\"a1\",\"hard\":true},{\"condition\":\"b1\",\"hard\":true},"
        "{\"condition\":\"a1\",\"hard\":false},{\"condition\":\"a1\",\"hard\":true},"
        "{\"condition\":\"A\",\"hard\":true},{\"condition\":\"A\",\"hard\":true}],"
        "\"shifts\":[\"day\",\"night\",\"day\"]}",
        true, &into);
    assert_int_equal(err, ERR_INVALID);
    assert_true(has_fault(ctx, "/conditions/2", FAULT_REPEATED));
    assert_true(has_fault(ctx, "/conditions/3", FAULT_REPEATED));
    assert_true(has_fault(ctx, "/shifts/2", FAULT_REPEATED));
    assert_int_equal(ctx->faults.count,
                     5); /* and the two that are no codes, which repeat nothing */
}

static void what_begins_on_the_last_day_is_in_time(void **state)
{
    struct ctx *ctx = *state;
    void *into = NULL;
    assert_int_equal(read(ctx,
                          "{\"startDate\":\"2027-01-01\",\"neededBy\":\"2027-01-01\","
                          "\"hoursMin\":20,\"hoursMax\":20}",
                          true, &into),
                     OK);
    assert_int_equal(read(ctx,
                          "{\"startDate\":\"2027-01-02\",\"neededBy\":\"2027-01-01\","
                          "\"hoursMin\":21,\"hoursMax\":20}",
                          true, &into),
                     ERR_INVALID);
    assert_true(has_fault(ctx, "/startDate", FAULT_ORDER));
    assert_true(has_fault(ctx, "/hoursMin", FAULT_ORDER));
    assert_int_equal(ctx->faults.count, 2);
}

static void one_of_two_in_order_is_enough_for_nothing(void **state)
{
    void *into = NULL;
    assert_int_equal(read(*state, "{\"startDate\":\"2027-01-02\",\"neededBy\":null,\"hoursMax\":1}",
                          true, &into),
                     OK);
}

/* A list and an object in it, of which some members are absent. */
static void members_become_documents_too(void **state)
{
    struct ctx *ctx = *state;
    void *into = NULL;
    assert_int_equal(read(ctx, vacancy, false, &into), OK);
    const struct vacancy_new *made = into;
    const struct field *conditions = vacancy_new_schema.fields + 6;
    assert_string_equal(conditions->name, "conditions");
    assert_str(schema_member_columns(ctx->arena, conditions, &made->conditions),
               "[{\"condition\":\"dutch_a2\",\"hard\":true}]");
    assert_null(schema_member_columns(ctx->arena, conditions - 1, &made->competences).at);
    const struct field inner = {.column = "whole",
                                .type = FIELD_OBJECT,
                                .schema = &vacancy_new_schema};
    const void *object = made;
    struct str whole = schema_member_columns(ctx->arena, &inner, &object);
    assert_non_null(strstr(whole.at, "\"postcode4\":\"5038\",\"positions\":2"));
    assert_non_null(strstr(whole.at, "\"shifts\":[\"day\"]"));
    object = NULL;
    assert_null(schema_member_columns(ctx->arena, &inner, &object).at);
}

/* Of a list of numbers the items have limits of their own. */
static void numbers_of_a_list_are_read(void **state)
{
    struct ctx *ctx = *state;
    static const struct field parts[] = {{.name = "parts",
                                          .column = "parts",
                                          .type = FIELD_LIST,
                                          .item = FIELD_INT,
                                          .min = 1,
                                          .max = 3,
                                          .item_min = 1,
                                          .item_max = 100,
                                          .visible_to = ~0u}};
    static const struct schema schema = {.fields = parts, .count = 1, .size = sizeof(struct list)};
    cJSON *json = NULL;
    void *into = NULL;
    json_start();
    assert_int_equal(json_parse(ctx, S("{\"parts\":[2,1,100]}"), &json), OK);
    assert_int_equal(schema_read(ctx, &schema, json, false, &into), OK);
    assert_str(schema_member_columns(ctx->arena, parts, into), "[2,1,100]");
    assert_str(schema_columns(ctx->arena, &schema, json), "{\"parts\":[2,1,100]}");
    assert_int_equal(json_parse(ctx, S("{\"parts\":[0,1.5,\"1\"]}"), &json), OK);
    assert_int_equal(schema_read(ctx, &schema, json, false, &into), ERR_INVALID);
    assert_true(has_fault(ctx, "/parts/0", FAULT_RANGE));
    assert_true(has_fault(ctx, "/parts/1", FAULT_TYPE));
    assert_true(has_fault(ctx, "/parts/2", FAULT_TYPE));
    assert_int_equal(json_parse(ctx, S("{\"parts\":[1,1,1,1]}"), &json), OK);
    assert_int_equal(schema_read(ctx, &schema, json, false, &into), ERR_INVALID);
    assert_true(has_fault(ctx, "/parts", FAULT_ITEMS));
}

static const struct field fields[] = {
    {.name = "id", .key = {"\"id\":", 5}, .column = "id", .type = FIELD_UUID, .visible_to = ~0u},
    {.name = "note",
     .key = {"\"note\":", 7},
     .column = "note",
     .type = FIELD_TEXT,
     .visible_to = 1u << ROLE_CONSULTANT},
    {.name = "at",
     .key = {"\"at\":", 5},
     .column = "at",
     .type = FIELD_INSTANT,
     .flags = FIELD_REQUIRED,
     .visible_to = ~0u},
    {.name = "yes", .key = {"\"yes\":", 6}, .column = "yes", .type = FIELD_BOOL, .visible_to = ~0u},
    {.name = "words",
     .key = {"\"words\":", 8},
     .column = "words",
     .type = FIELD_LIST,
     .item = FIELD_TEXT,
     .visible_to = 1u << ROLE_CONSULTANT},
    {.name = "days",
     .key = {"\"days\":", 7},
     .column = "days",
     .type = FIELD_LIST,
     .item = FIELD_INT,
     .visible_to = 1u << ROLE_CONSULTANT},
};
static const struct schema shown = {.name = "Shown",
                                    .fields = fields,
                                    .count = 6,
                                    .self = "/shown/"};

static PGresult *one_row(void)
{
    static char id[] = "id", note[] = "note", at[] = "at", yes[] = "yes", words[] = "words",
                days[] = "days";
    PGresAttDesc columns[] = {{.name = note}, {.name = yes},   {.name = at},
                              {.name = id},   {.name = words}, {.name = days}};
    static char values[][40] = {"say \"hi\"",
                                "t",
                                "2026-11-23 10:00:00.5+00",
                                "01920000-0000-7000-8000-000000000001",
                                "{day,\"a, \\\"b\\\"\",\"\",\"{}\"}",
                                "{1,-2}"};
    PGresult *rows = PQmakeEmptyPGresult(NULL, PGRES_TUPLES_OK);
    PQsetResultAttrs(rows, 6, columns);
    for (int i = 0; i < 6; i++)
        PQsetvalue(rows, 0, i, values[i], (int)strlen(values[i]));
    return rows;
}

static void a_column_is_found_from_wherever_one_begins_to_look(void **state)
{
    PGresult *rows = one_row();
    (void)state;
    for (int hint = 0; hint <= 6; hint++) {
        int column = 7;
        assert_false(rows_column(rows, "Id", hint, &column));
        assert_int_equal(column, 7); /* untouched */
        assert_true(rows_column(rows, "note", hint, &column));
        assert_int_equal(column, 0);
        assert_true(rows_column(rows, "id", hint, &column));
        assert_int_equal(column, 3);
    }
    PQclear(rows);
}

static struct str write_for(struct ctx *ctx, enum role role)
{
    PGresult *rows = one_row();
    struct buf out = buf_in(ctx->arena);
    struct schema_writer writer =
        schema_writer_of(&shown, schema_visible(&shown, 1u << role), rows);
    schema_write(&out, &writer, 0);
    PQclear(rows);
    return buf_str(&out);
}

static void a_row_is_written_for_who_may_see_it(void **state)
{
    assert_str(
        write_for(*state, ROLE_CONSULTANT),
        "{\"id\":\"01920000-0000-7000-8000-000000000001\",\"note\":\"say \\\"hi\\\"\","
        "\"at\":\"2026-11-23T10:00:00.500Z\",\"yes\":true,"
        "\"words\":[\"day\",\"a, \\\"b\\\"\",\"\",\"{}\"],\"days\":[1,-2],"
        "\"_links\":{\"self\":{\"href\":\"/v1/shown/01920000-0000-7000-8000-000000000001\"}}}");
}

static void what_is_invisible_cannot_come_out(void **state)
{
    struct str out = write_for(*state, ROLE_EMPLOYER);
    assert_null(strstr(out.at, "note"));
    assert_null(strstr(out.at, "hi"));
}

static void what_is_invisible_cannot_be_selected(void **state)
{
    struct ctx *ctx = *state;
    field_set mask = 0, all = schema_visible(&shown, 1u << ROLE_CONSULTANT),
              some = schema_visible(&shown, 1u << ROLE_EMPLOYER);
    assert_int_equal(schema_select(ctx, &shown, some, S("id,note"), &mask), ERR_INVALID);
    assert_int_equal(schema_select(ctx, &shown, all, S("id,note"), &mask), OK);
    assert_int_equal(mask, 7); /* and `at`, which every answer has */
    assert_int_equal(schema_select(ctx, &shown, some, (struct str){0}, &mask), OK);
    assert_int_equal(mask, 13);
}

/* A body with the last of as many fields as a schema may have, and the same field asked for. */
static void a_schema_may_have_as_many_fields_as_the_limit(void **state)
{
    struct ctx *ctx = *state;
    struct field *all = arena_array(ctx->arena, LIMIT_FIELDS, sizeof *all);
    struct schema wide = {.name = "Wide", .fields = all, .count = LIMIT_FIELDS};
    field_set mask = 0;
    for (size_t i = 0; i < LIMIT_FIELDS; i++)
        all[i] = (struct field){.name = arena_print(ctx->arena, "f%zu", i).at,
                                .type = FIELD_BOOL,
                                .flags = i == LIMIT_FIELDS - 1 ? FIELD_REQUIRED : 0,
                                .offset = i * sizeof(struct maybe_bool),
                                .visible_to = i % 2 ? ~0u : 0};
    wide.size = LIMIT_FIELDS * sizeof(struct maybe_bool);
    cJSON *json = NULL;
    void *read = NULL;
    assert_int_equal(json_parse(ctx, S("{\"f127\":true}"), &json), OK);
    assert_int_equal(schema_read(ctx, &wide, json, false, &read), OK);
    assert_true(((struct maybe_bool *)read)[127].value);
    assert_int_equal(schema_select(ctx, &wide, schema_visible(&wide, 1), S("f127"), &mask), OK);
    assert_true(mask == (field_set)1 << 127);
    assert_int_equal(schema_select(ctx, &wide, schema_visible(&wide, 1), S("f126"), &mask),
                     ERR_INVALID);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        UNIT(a_body_becomes_a_struct),
        UNIT(all_faults_come_together),
        UNIT(a_partial_body_needs_nothing),
        UNIT(lengths_count_characters),
        UNIT(documents_have_column_names),
        UNIT(an_object_without_a_schema_stays_as_it_was_sent),
        UNIT(what_is_repeated_is_told_where),
        UNIT(what_begins_on_the_last_day_is_in_time),
        UNIT(one_of_two_in_order_is_enough_for_nothing),
        UNIT(members_become_documents_too),
        UNIT(numbers_of_a_list_are_read),
        UNIT(a_column_is_found_from_wherever_one_begins_to_look),
        UNIT(a_row_is_written_for_who_may_see_it),
        UNIT(what_is_invisible_cannot_come_out),
        UNIT(what_is_invisible_cannot_be_selected),
        UNIT(a_schema_may_have_as_many_fields_as_the_limit),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
