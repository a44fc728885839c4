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
    assert_int_equal(problem_named("never heard of")->status, 500);
}

static const char *sql(void **state, const char *sqlstate, const char *message,
                       const char *constraint)
{
    return problem_of_sql(*state, str_of(sqlstate), str_of(message), str_of(constraint))->code;
}

static void what_the_database_refuses_is_a_problem(void **state)
{
    assert_string_equal(sql(state, "MW409", "number-asked-reached", ""), "number-asked-reached");
    assert_string_equal(sql(state, "MW409", "no such code", ""), "internal");
    assert_string_equal(sql(state, "23505", "", "employer_kvk_number_key"), "duplicate");
    assert_string_equal(sql(state, "42501", "", ""), "forbidden");
    assert_string_equal(sql(state, "57014", "", ""), "timeout"); /* before the others of class 57 */
    assert_string_equal(sql(state, "57P01", "", ""), "unavailable");
    assert_string_equal(sql(state, "53300", "", ""), "unavailable");
    assert_string_equal(sql(state, "08006", "", ""), "unavailable");
    assert_string_equal(sql(state, "40001", "", ""), "unavailable");
    assert_string_equal(sql(state, "40P01", "", ""), "unavailable");
    assert_string_equal(sql(state, "22003", "", ""), "internal");
    assert_string_equal(sql(state, "", "", ""), "internal");
    assert_int_equal(((struct ctx *)*state)->faults.count, 0);
}

static struct str pointer_of(void **state, const char *constraint)
{
    struct ctx *ctx = *state;
    assert_string_equal(sql(state, "23503", "", constraint), "invalid");
    return ctx->faults.at[ctx->faults.count - 1].where;
}

static void a_foreign_key_names_the_property(void **state)
{
    assert_str(pointer_of(state, "vacancy_occupation_id_fkey"), "/occupationId");
    assert_str(pointer_of(state, "vacancy_tenant_id_employer_id_fkey"), "/employerId");
    assert_str(pointer_of(state, "candidate_competence_competence_id_fkey"), "/competenceId");
    assert_str(pointer_of(state, "candidate_postcode4_fkey"), "/pc4");
    assert_str(pointer_of(state, "_"), "/_"); /* never one of ours */
    assert_str(pointer_of(state, ""), "/");
    char long_name[400];
    memset(long_name, 'x', sizeof long_name - 1);
    long_name[sizeof long_name - 1] = 0;
    assert_in_range(pointer_of(state, long_name).len, 2, 80);
}

static void a_check_over_columns_names_where_to_look(void **state)
{
    struct ctx *ctx = *state;
    assert_string_equal(sql(state, "23514", "", "vacancy_dates_in_order"), "invalid");
    assert_str(ctx->faults.at[0].where, "/startDate");
    assert_str(ctx->faults.at[0].limit, "neededBy");
    assert_string_equal(sql(state, "23514", "", "another_check"), "invalid");
    assert_int_equal(ctx->faults.count, 1);
}

static cJSON *printed(struct ctx *ctx, const char *code)
{
    cJSON *json = cJSON_Parse(problem_print(ctx, problem_named(code)).at);
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
    fault_note(&ctx->faults, ctx->arena, FAULT_AT_BODY, S("/a\"b\\"), "range", S("1..168"));
    fault_note(&ctx->faults, ctx->arena, FAULT_AT_HEADER, S("If-Match"), "etag", (struct str){0});
    fault_note(&ctx->faults, ctx->arena, FAULT_AT_PARAMETER, S("x"), "no-sentence", S("%s%n"));
    for (ctx->language = LANGUAGE_NL; ctx->language <= LANGUAGE_EN; ctx->language++) {
        bool english = ctx->language == LANGUAGE_EN;
        cJSON *json = printed(ctx, "invalid"), *errors = cJSON_GetObjectItem(json, "errors");
        assert_int_equal(cJSON_GetArraySize(errors), 3);
        const cJSON *range = cJSON_GetArrayItem(errors, 0), *etag = cJSON_GetArrayItem(errors, 1);
        assert_string_equal(text(range, "pointer"), "/a\"b\\");
        assert_string_equal(text(range, "detail"),
                            english ? "Must be within 1..168" : "Moet liggen tussen 1..168");
        assert_string_equal(text(etag, "name"), "If-Match");
        assert_string_equal(text(json, "type"), "urn:maatwerk:problem:invalid");
        cJSON_Delete(json);
    }
}

static void of_our_own_failures_nothing_is_told(void **state)
{
    struct ctx *ctx = *state;
    fault_note(&ctx->faults, ctx->arena, FAULT_AT_BODY, S("/a"), "range", S("1..2"));
    cJSON *json = printed(ctx, "internal");
    assert_null(cJSON_GetObjectItem(json, "errors"));
    cJSON_Delete(json);
}

static void no_more_faults_are_written_than_are_kept(void **state)
{
    struct ctx *ctx = *state;
    for (int i = 0; i < LIMIT_FAULTS + 50; i++)
        fault_note(&ctx->faults, ctx->arena, FAULT_AT_BODY, S("/a"), "null", (struct str){0});
    cJSON *json = printed(ctx, "invalid");
    assert_int_equal(cJSON_GetArraySize(cJSON_GetObjectItem(json, "errors")), LIMIT_FAULTS);
    cJSON_Delete(json);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        UNIT(every_error_has_its_status),
        UNIT(what_the_database_refuses_is_a_problem),
        UNIT(a_foreign_key_names_the_property),
        UNIT(a_check_over_columns_names_where_to_look),
        UNIT(the_body_says_every_fault_in_the_language_asked),
        UNIT(of_our_own_failures_nothing_is_told),
        UNIT(no_more_faults_are_written_than_are_kept),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
