/* SPDX-License-Identifier: EUPL-1.2 */
/* Problems: which belongs to what, and how they are written. */
#include "tests/unit/unit.h"

#include <cjson/cJSON.h>

#include "lib/http/problem.h"

static void every_error_has_its_status(void **state)
{
    (void)state;
    static const int statuses[] = {[OK] = 500,
                                   [ERR_INVALID] = 400,
                                   [ERR_UNAUTHENTICATED] = 401,
                                   [ERR_FORBIDDEN] = 403,
                                   [ERR_NOT_FOUND] = 404,
                                   [ERR_CONFLICT] = 409,
                                   [ERR_STALE] = 412,
                                   [ERR_TIMEOUT] = 504,
                                   [ERR_UNAVAILABLE] = 503,
                                   [ERR_INTERNAL] = 500};
    for (int err = OK; err <= ERR_INTERNAL; err++)
        assert_int_equal(problem_of((enum err)err)->status, statuses[err]);
}

static const struct field item_fields[] = {{.name = "competenceId", .column = "competence_id"}};
static const struct schema item = {.name = "VacancyCompetence", .fields = item_fields, .count = 1};
static const struct field body_fields[] = {
    {.name = "employerId", .column = "employer_id"},
    {.name = "pc4", .column = "postcode4"},
    {.name = "hoursMin", .column = "hours_min"},
    {.name = "startDate", .column = "start_date"},
    {.name = "day", .column = "day"},
    {.name = "competences", .column = "competences", .type = FIELD_LIST, .schema = &item},
};
static const struct schema body = {.name = "VacancyNew", .fields = body_fields, .count = 6};
static const struct field path_fields[] = {{.name = "vacancyId", .column = "vacancy_id"}};
static const struct operation operation = {.body = &body,
                                           .path_fields = path_fields,
                                           .path_count = 1};

static const struct problem *refused(void **state, struct refusal refusal)
{
    return problem_of_refusal(*state, &refusal, &operation, SCOPE_ORGANISATION);
}

static const char *sql(void **state, const char *sqlstate, const char *message)
{
    return refused(state,
                   (struct refusal){.sqlstate = str_of(sqlstate), .message = str_of(message)})
        ->code;
}

static void what_the_database_refuses_is_a_problem(void **state)
{
    assert_string_equal(sql(state, "MW409", "number-asked-reached"), "number-asked-reached");
    assert_string_equal(sql(state, "MW409", "no such code"), "internal");
    assert_string_equal(sql(state, "MW409", ""), "internal");
    assert_string_equal(sql(state, "23505", ""), "duplicate");
    assert_string_equal(sql(state, "42501", ""), "forbidden");
    assert_string_equal(sql(state, "57014", ""), "timeout"); /* before the others of class 57 */
    assert_string_equal(sql(state, "57P01", ""), "unavailable");
    assert_string_equal(sql(state, "53300", ""), "unavailable");
    assert_string_equal(sql(state, "08006", ""), "unavailable");
    assert_string_equal(sql(state, "40001", ""), "unavailable");
    assert_string_equal(sql(state, "40P01", ""), "unavailable");
    assert_string_equal(sql(state, "22003", ""), "internal");
    assert_string_equal(sql(state, "", ""), "internal");
    assert_int_equal(((struct ctx *)*state)->faults.count, 0);
}

/* The problem, and the pointer and fault that were noted: "invalid /employerId reference". */
static struct str constraint(void **state, const char *sqlstate, const char *table,
                             const char *name)
{
    struct ctx *ctx = *state;
    ctx->faults.count = 0;
    const struct problem *problem = refused(state, (struct refusal){.sqlstate = str_of(sqlstate),
                                                                    .table = str_of(table),
                                                                    .constraint = str_of(name)});
    if (!ctx->faults.count)
        return str_of(problem->code);
    return arena_print(ctx->arena, "%s %.*s %d", problem->code, STR_ARG(ctx->faults.at[0].where),
                       (int)ctx->faults.at[0].code);
}

static struct str about(void **state, const char *words, enum fault_code code)
{
    return arena_print(((struct ctx *)*state)->arena, "%s %d", words, (int)code);
}

#define ABOUT(found, words, code) assert_true(str_equal(found, about(state, words, code)))

static void a_day_where_it_cannot_be_says_where_it_can(void **state)
{
    struct ctx *ctx = *state;
    struct refusal refusal = {.sqlstate = S("23514"),
                              .message = S("range"),
                              .detail = S("2026-11-27..2026-11-29"),
                              .table = S("vacancy"),
                              .constraint = S("vacancy_hours_min_check")};
    refused(state, refusal);
    assert_int_equal(ctx->faults.at[0].code, FAULT_RANGE);
    assert_str(ctx->faults.at[0].limit, "2026-11-27..2026-11-29");
    refusal.message = S("new row for relation \"vacancy\" violates check constraint");
    refused(state, refusal); /* the detail of PostgreSQL is the whole row */
    assert_int_equal(ctx->faults.at[1].code, FAULT_VALUE);
    assert_int_equal(ctx->faults.at[1].limit.len, 0);
}

static void a_constraint_of_one_column_names_the_property(void **state)
{
    ABOUT(constraint(state, "23503", "vacancy", "vacancy_tenant_id_employer_id_fkey"),
          "invalid /employerId", FAULT_REFERENCE);
    ABOUT(constraint(state, "23503", "vacancy", "vacancy_postcode4_fkey"), "invalid /pc4",
          FAULT_REFERENCE); /* a property that is not named as its column */
    ABOUT(constraint(state, "23514", "vacancy", "vacancy_hours_min_check"), "invalid /hoursMin",
          FAULT_VALUE);
    ABOUT(constraint(state, "23505", "vacancy", "vacancy_tenant_id_employer_id_key"),
          "duplicate /employerId", FAULT_UNIQUE);
    ABOUT(constraint(state, "23503", "vacancy_competence", "vacancy_competence_competence_id_fkey"),
          "invalid /competences", FAULT_REFERENCE); /* a column of the items of a list */
}

static void a_constraint_that_no_property_is_about_has_its_problem(void **state)
{
    assert_str(constraint(state, "23503", "screening", "screening_tenant_id_vacancy_id_fkey"),
               "not-found"); /* of the path */
    assert_str(constraint(state, "23503", "proposal", "proposal_tenant_id_round_id_fkey"),
               "conflict"); /* of somebody else: it is deleted, and others refer to it */
    assert_str(constraint(state, "23514", "vacancy", "vacancy_source_check"), "internal");
    static const char *const strange[] = {"_",
                                          "vacancy",
                                          "vacancy_",
                                          "_fkey",
                                          "vacancy_fkey",
                                          "vacancy__fkey",
                                          "vacancy_tenant_id_fkey",
                                          "x_check"};
    for (size_t i = 0; i < sizeof strange / sizeof *strange; i++)
        assert_str(constraint(state, "23514", "vacancy", strange[i]), "internal");
    assert_str(constraint(state, "23514", "", "_hours_min_chec"), "internal");
}

static void a_named_constraint_says_where_to_look(void **state)
{
    struct ctx *ctx = *state;
    ABOUT(constraint(state, "23514", "vacancy", "vacancy_dates_in_order"), "invalid /startDate",
          FAULT_ORDER);
    assert_str(ctx->faults.at[0].limit, "neededBy");
    /* of several the one that this body has; the body as a whole when it has none */
    ABOUT(constraint(state, "23P01", "benefit", "benefit_once_at_a_time"), "benefits-overlap /day",
          FAULT_UNIQUE);
    ABOUT(constraint(state, "23505", "user_account", "user_account_email"), "duplicate ",
          FAULT_UNIQUE);
    /* the list of a candidate names a competence twice: a mistake in the body, and not a duplicate */
    ABOUT(constraint(state, "23505", "candidate_competence", "candidate_competence_pkey"),
          "invalid /competences", FAULT_REPEATED);
}

static void a_policy_names_the_property_that_says_whose_it_is(void **state)
{
    struct ctx *ctx = *state;
    assert_string_equal(sql(state, "42501",
                            "new row violates row-level security policy for table \"vacancy\""),
                        "forbidden");
    assert_int_equal(ctx->faults.count, 1);
    assert_str(ctx->faults.at[0].where, "/employerId");
    static const char *const others[] = {
        "new row violates row-level security policy for table \"employer\"",
        "new row violates row-level security policy for table \"",
        "permission denied for table vacancy", "iets in een andere taal"};
    for (size_t i = 0; i < sizeof others / sizeof *others; i++)
        assert_string_equal(sql(state, "42501", others[i]), "forbidden");
    assert_int_equal(ctx->faults.count, 1);
}

static cJSON *printed(struct ctx *ctx, enum problem_code code)
{
    cJSON *json = cJSON_Parse(problem_print(ctx, problem_at(code)).at);
    assert_non_null(json);
    return json;
}

static const char *text(const cJSON *json, const char *name)
{
    return cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(json, name));
}

static void the_body_says_every_fault_in_the_language_asked(void **state)
{
    struct ctx *ctx = *state;
    fault_note(&ctx->faults, ctx->arena, FAULT_AT_BODY, S("/a\"b\\"), FAULT_RANGE, S("1..168"));
    fault_note(&ctx->faults, ctx->arena, FAULT_AT_HEADER, S("If-Match"), FAULT_ETAG,
               (struct str){0});
    fault_note(&ctx->faults, ctx->arena, FAULT_AT_PARAMETER, S("x"), FAULT_FORMAT, S("%s{limit}"));
    for (ctx->language = LANGUAGE_NL; ctx->language <= LANGUAGE_EN; ctx->language++) {
        bool english = ctx->language == LANGUAGE_EN;
        cJSON *json = printed(ctx, PROBLEM_INVALID), *errors = cJSON_GetObjectItem(json, "errors");
        assert_int_equal(cJSON_GetArraySize(errors), 3);
        const cJSON *range = cJSON_GetArrayItem(errors, 0), *etag = cJSON_GetArrayItem(errors, 1);
        assert_string_equal(text(range, "pointer"), "/a\"b\\");
        assert_string_equal(text(range, "detail"),
                            english ? "Must be within 1..168" : "Moet liggen tussen 1..168");
        assert_string_equal(text(etag, "name"), "If-Match");
        assert_string_equal(text(cJSON_GetArrayItem(errors, 2), "detail"),
                            english ? "Is not a valid %s{limit}"
                                    : "Is geen geldige waarde: %s{limit}");
        assert_string_equal(text(json, "type"), "urn:maatwerk:problem:invalid");
        assert_true(strlen(text(json, "title")) > 3 && strlen(text(json, "detail")) > 20);
        cJSON_Delete(json);
    }
}

/* What every problem must have, in both languages: RFC 9457, and a detail always. */
static void every_problem_has_its_words(void **state)
{
    struct ctx *ctx = *state;
    for (ctx->language = LANGUAGE_NL; ctx->language <= LANGUAGE_EN; ctx->language++)
        for (int code = 0; code < PROBLEM_COUNT; code++) {
            const struct problem *problem = problem_at((enum problem_code)code);
            cJSON *json = printed(ctx, (enum problem_code)code);
            assert_string_equal(
                text(json, "type"),
                arena_print(ctx->arena, "urn:maatwerk:problem:%s", problem->code).at);
            assert_true(strlen(text(json, "title")) > 3 && strlen(text(json, "detail")) > 20);
            assert_int_equal(cJSON_GetObjectItem(json, "status")->valueint, problem->status);
            cJSON_Delete(json);
        }
}

/* What a function of sql/ found in a body is told all at once; a code that is none is left out. */
static void the_detail_of_invalid_is_a_list_of_faults(void **state)
{
    struct ctx *ctx = *state;
    struct refusal refusal = {
        .sqlstate = S("MW400"),
        .message = S("invalid"),
        .detail = S("reference /items/0/candidateId required /items/2/reason nothing /items/3 "
                    "range=2026-11-27.. /startsAt"),
    };
    assert_null(refused(state, refusal)->members.at);
    assert_int_equal(ctx->faults.count, 3);
    assert_str(ctx->faults.at[2].limit, "2026-11-27..");
    assert_str(ctx->faults.at[0].where, "/items/0/candidateId");
    assert_int_equal(ctx->faults.at[0].code, FAULT_REFERENCE);
    assert_str(ctx->faults.at[1].where, "/items/2/reason");
    assert_int_equal(ctx->faults.at[1].code, FAULT_REQUIRED);
}

/* What a function of sql/ adds are members of the problem; nothing of PostgreSQL's own detail is. */
static void the_detail_of_a_raise_becomes_members(void **state)
{
    struct ctx *ctx = *state;
    struct refusal refusal = {.sqlstate = S("MW409"),
                              .message = S("state"),
                              .detail =
                                  S("{\"currentState\" : \"open\", \"allowed\" : [\"close\"]}")};
    cJSON *json = cJSON_Parse(problem_print(ctx, refused(state, refusal)).at);
    assert_string_equal(text(json, "currentState"), "open");
    assert_int_equal(cJSON_GetArraySize(cJSON_GetObjectItem(json, "allowed")), 1);
    assert_string_equal(text(json, "type"), "urn:maatwerk:problem:state");
    cJSON_Delete(json);
    static const char *const details[] = {"", "{}", "{", "Key (email)=(linde@post.example)"};
    for (size_t i = 0; i < sizeof details / sizeof *details; i++) {
        refusal.detail = str_of(details[i]);
        assert_null(refused(state, refusal)->members.at);
    }
    refusal = (struct refusal){.sqlstate = S("23505"),
                               .constraint = S("user_account_email"),
                               .detail = S("{\"email\":\"linde@post.example\"}")};
    assert_null(strstr(problem_print(ctx, refused(state, refusal)).at, "linde"));
    assert_true(problem_is_of_index(&refusal));
    refusal.message = S("taken");
    assert_false(problem_is_of_index(&refusal));
    refusal.detail = S("{\"existing\":\"/v1/users/1\"}");
    assert_non_null(
        strstr(problem_print(ctx, refused(state, refusal)).at, "\"existing\":\"/v1/users/1\""));
    refusal =
        (struct refusal){.sqlstate = S("23P01"), .detail = S("Key conflicts with existing key.")};
    assert_true(problem_is_of_index(&refusal));
    refusal.sqlstate = S("23503");
    assert_false(problem_is_of_index(&refusal));
}

static void of_our_own_failures_nothing_is_told(void **state)
{
    struct ctx *ctx = *state;
    fault_note(&ctx->faults, ctx->arena, FAULT_AT_BODY, S("/a"), FAULT_RANGE, S("1..2"));
    cJSON *json = printed(ctx, PROBLEM_INTERNAL);
    assert_null(cJSON_GetObjectItem(json, "errors"));
    cJSON_Delete(json);
}

static void no_more_faults_are_written_than_are_kept(void **state)
{
    struct ctx *ctx = *state;
    for (int i = 0; i < LIMIT_FAULTS + 50; i++)
        fault_note(&ctx->faults, ctx->arena, FAULT_AT_BODY, S("/a"), FAULT_NULL, (struct str){0});
    cJSON *json = printed(ctx, PROBLEM_INVALID);
    assert_int_equal(cJSON_GetArraySize(cJSON_GetObjectItem(json, "errors")), LIMIT_FAULTS);
    cJSON_Delete(json);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        UNIT(every_error_has_its_status),
        UNIT(what_the_database_refuses_is_a_problem),
        UNIT(a_day_where_it_cannot_be_says_where_it_can),
        UNIT(a_constraint_of_one_column_names_the_property),
        UNIT(a_constraint_that_no_property_is_about_has_its_problem),
        UNIT(a_named_constraint_says_where_to_look),
        UNIT(a_policy_names_the_property_that_says_whose_it_is),
        UNIT(every_problem_has_its_words),
        UNIT(the_detail_of_invalid_is_a_list_of_faults),
        UNIT(the_detail_of_a_raise_becomes_members),
        UNIT(the_body_says_every_fault_in_the_language_asked),
        UNIT(of_our_own_failures_nothing_is_told),
        UNIT(no_more_faults_are_written_than_are_kept),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
