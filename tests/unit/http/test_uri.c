/* SPDX-License-Identifier: EUPL-1.2 */
/* Targets, values and routes. */
#include "tests/unit/unit.h"

#include "lib/http/check.h"
#include "lib/http/uri.h"
#include "lib/server/router.h"
#include "openapi/gen/role.h"
#include "services/candidates/gen/contract.h"

static void a_target_is_taken_apart(void **state)
{
    struct uri uri;
    assert_int_equal(uri_read(*state, S("/v1/a%20b?x=%F0%9F%98%80&y=a+b&z"), &uri), OK);
    assert_str(uri.segments[1], "a b");
    assert_str(uri.parameters[0].value, "\xf0\x9f\x98\x80");
    assert_str(uri.parameters[1].value, "a b");
    assert_str(uri.parameters[2].value, "");
}

/* Attack 22: RFC 9112 section 3.2.2. */
static void attack_22_a_target_may_name_its_host(void **state)
{
    static const char *const same[] = {"/v1/x?y=1", "http://h/v1/x?y=1", "HTTPS://h:8443/v1/x?y=1",
                                       "http://[::1]:80/v1/x?y=1"};
    static const char *const none[] = {"http://",      "http:///v1/x",       "http://h",
                                       "http://h?y=1", "http://user@h/v1/x", "ftp://h/v1/x",
                                       "http:/v1/x",   "httpx://h/v1/x",     "h/v1/x"};
    struct uri uri;
    for (size_t i = 0; i < sizeof same / sizeof *same; i++) {
        assert_int_equal(uri_read(*state, str_of(same[i]), &uri), OK);
        assert_int_equal(uri.segments_count, 2);
        assert_str(uri.segments[0], "v1");
        assert_str(uri.parameters[0].name, "y");
    }
    for (size_t i = 0; i < sizeof none / sizeof *none; i++)
        assert_int_equal(uri_read(*state, str_of(none[i]), &uri), ERR_NOT_FOUND);
}

static void strange_paths_are_not_there(void **state)
{
    static const char *const paths[] = {"",        "x",      "/",     "//",
                                        "/a//b",   "/a/",    "/./a",  "/a/..",
                                        "/%2e%2e", "/a%2Fb", "/a%00", "/a%",
                                        "/a%4",    "/a%zz",  "/%ff",  "/1/2/3/4/5/6/7/8/9"};
    for (size_t i = 0; i < sizeof paths / sizeof *paths; i++) {
        struct uri uri;
        assert_int_equal(uri_read(*state, str_of(paths[i]), &uri), ERR_NOT_FOUND);
    }
}

static void strange_queries_are_refused(void **state)
{
    static const char *const targets[] = {"/a?x=%00", "/a?x=%ff", "/a?x=%", "/a?x=1&x=2",
                                          "/a?%0a=1"};
    for (size_t i = 0; i < sizeof targets / sizeof *targets; i++) {
        struct uri uri;
        assert_int_equal(uri_read(*state, str_of(targets[i]), &uri), ERR_INVALID);
    }
}

static enum fault_code check(void **state, enum field_type type, const char *text)
{
    struct field field = {.name = "x", .type = type, .min = 0, .max = 100};
    struct ctx ctx = {.arena = ((struct ctx *)*state)->arena};
    struct str value = str_of(text);
    return check_text(&ctx, &field, type, &value, NULL) == OK ? FAULT_NONE : ctx.faults.at[0].code;
}

static void days_exist(void **state)
{
    assert_int_equal(check(state, FIELD_DATE, "2024-02-29"), FAULT_NONE);
    assert_int_equal(check(state, FIELD_DATE, "2000-02-29"), FAULT_NONE);
    assert_int_equal(check(state, FIELD_DATE, "2023-02-29"), FAULT_FORMAT);
    assert_int_equal(check(state, FIELD_DATE, "2100-02-29"), FAULT_FORMAT);
    assert_int_equal(check(state, FIELD_DATE, "2026-04-31"), FAULT_FORMAT);
    assert_int_equal(check(state, FIELD_DATE, "2026-4-01"), FAULT_FORMAT);
}

static void moments_have_a_zone(void **state)
{
    assert_int_equal(check(state, FIELD_INSTANT, "2026-03-29T02:30:00Z"), FAULT_NONE);
    assert_int_equal(check(state, FIELD_INSTANT, "2026-03-29T02:30:00.123456+02:00"), FAULT_NONE);
    assert_int_equal(check(state, FIELD_INSTANT, "2026-03-29T02:30:00"), FAULT_FORMAT);
    assert_int_equal(check(state, FIELD_INSTANT, "2026-03-29T24:00:00Z"), FAULT_FORMAT);
    assert_int_equal(check(state, FIELD_INSTANT, "2026-03-29 02:30:00Z"), FAULT_FORMAT);
    assert_int_equal(check(state, FIELD_INSTANT, "2026-03-29T02:30:00.1234567Z"), FAULT_FORMAT);
}

static void hidden_characters_are_refused(void **state)
{
    assert_int_equal(check(state, FIELD_TEXT,
                           "a\xe2\x80\xae"
                           "b"),
                     FAULT_CHARACTERS);
    assert_int_equal(check(state, FIELD_TEXT,
                           "a\xc2\x85"
                           "b"),
                     FAULT_CHARACTERS);
    assert_int_equal(check(state, FIELD_TEXT, "a\nb"), FAULT_CHARACTERS);
    assert_int_equal(check(state, FIELD_TEXT, "caf\xc3\xa9"), FAULT_NONE);
}

static void the_most_exact_route_wins(void **state)
{
    static const struct service *const services[] = {&candidates_service};
    struct router router = router_of(services, 1);
    struct str path[LIMIT_PATH_PARAMETERS];
    struct str search[] = {S("candidates"), S("_search")}, one[] = {S("candidates"), S("x")};
    assert_string_equal(router_find(&router, search, 2, path)->operations[METHOD_POST]->id,
                        "searchCandidates");
    assert_string_equal(router_find(&router, one, 2, path)->operations[METHOD_GET]->id,
                        "getCandidate");
    assert_str(path[0], "x");
    assert_str(route_allow(((struct ctx *)*state)->arena, router_find(&router, one, 2, path)),
               "GET, HEAD, PATCH");
    assert_null(router_find(&router, one, 1, path)->operations[METHOD_DELETE]);
    free(router.routes);
}

static void rights_come_from_the_contract(void **state)
{
    (void)state;
    const struct operation *list = candidates_service.operations;
    while (strcmp(list->id, "listCandidates") != 0)
        list++;
    assert_int_equal(operation_scope(list, 1u << ROLE_CONSULTANT), SCOPE_TENANT);
    assert_int_equal(operation_scope(list, 1u << ROLE_CASE_MANAGER), SCOPE_CASELOAD);
    assert_int_equal(operation_scope(list, 1u << ROLE_EMPLOYER), SCOPE_NONE);
}

static void a_request_is_about_what_it_creates_or_the_last_of_its_path(void **state)
{
    (void)state;
    struct operation operation = {.path_count = 2};
    struct request req = {.operation = &operation,
                          .path = {S("parent"), S("own"), S("not asked")},
                          .new_id = S("fresh")};
    assert_str(request_resource(&req), "own");
    const struct field numbered[] = {{.type = FIELD_UUID}, {.type = FIELD_INT}};
    operation.path_fields = numbered; /* a number was taken for an id, and its denial was lost */
    assert_str(request_resource(&req), "parent");
    operation.flags = OPERATION_CREATES;
    assert_str(request_resource(&req), "fresh");
    operation = (struct operation){.path_count = 0};
    assert_null(request_resource(&req).at);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        UNIT(a_target_is_taken_apart),
        UNIT(attack_22_a_target_may_name_its_host),
        UNIT(strange_paths_are_not_there),
        UNIT(strange_queries_are_refused),
        UNIT(days_exist),
        UNIT(moments_have_a_zone),
        UNIT(hidden_characters_are_refused),
        UNIT(the_most_exact_route_wins),
        UNIT(rights_come_from_the_contract),
        UNIT(a_request_is_about_what_it_creates_or_the_last_of_its_path),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
