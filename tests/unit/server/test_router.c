/* SPDX-License-Identifier: EUPL-1.2 */
/* Routes of all services together, methods, scopes. */
#include "tests/unit/unit.h"

#include "lib/server/router.h"
#include "openapi/gen/role.h"
#include "services/candidates/gen/contract.h"
#include "services/employers/gen/contract.h"
#include "services/placements/gen/contract.h"
#include "services/platform/gen/contract.h"

static const struct service *const services[] = {&employers_service, &candidates_service,
                                                 &placements_service, &platform_service};

enum { SERVICES = sizeof services / sizeof *services };

static const struct route *find(const struct router *router, const char *path_text,
                                struct str path[LIMIT_PATH_PARAMETERS])
{
    struct str segments[LIMIT_SEGMENTS], rest = str_of(path_text + 1);
    size_t count = 0;
    while (rest.at && count < LIMIT_SEGMENTS)
        segments[count++] = str_cut(&rest, '/');
    return router_find(router, segments, count, path);
}

static void every_operation_is_found_by_its_own_path(void **state)
{
    (void)state;
    struct router router = router_of(services, SERVICES);
    for (size_t s = 0; s < SERVICES; s++)
        for (size_t i = 0; i < services[s]->count; i++) {
            const struct operation *operation = &services[s]->operations[i];
            struct str path[LIMIT_PATH_PARAMETERS] = {{0}};
            const struct route *route = find(&router, operation->path, path);
            assert_non_null(route);
            assert_ptr_equal(route->operations[operation->method], operation);
            assert_int_equal(route->service, s);
            for (size_t p = 0; p < operation->path_count; p++)
                assert_int_equal(path[p].at[0], '{');
            assert_true(operation->path_count == LIMIT_PATH_PARAMETERS
                        || !path[operation->path_count].at);
        }
    free(router.routes);
}

static void other_paths_have_no_route(void **state)
{
    (void)state;
    struct router router = router_of(services, SERVICES);
    static const char *const paths[] = {"/",
                                        "/nothing",
                                        "/vacancies/",
                                        "/Vacancies",
                                        "/vacancies/x/",
                                        "/vacancies/x/nothing",
                                        "/vacancies/x/shortlist/x",
                                        "/vacancie",
                                        "/vacanciess",
                                        "/a/b/c/d/e/f/g/h"};
    for (size_t i = 0; i < sizeof paths / sizeof *paths; i++) {
        struct str path[LIMIT_PATH_PARAMETERS];
        const struct route *route = find(&router, paths[i], path);
        if (route) /* "/vacancies/": an identifier of no characters; uri_read refuses it before */
            assert_true(strcmp(paths[i], "/vacancies/") == 0 && path[0].len == 0);
    }
    free(router.routes);
}

static void methods_are_written_exactly(void **state)
{
    (void)state;
    static const char *const strange[] = {"",        "get",   "GET ",     "TRACE", "CONNECT",
                                          "OPTIONS", "POSTS", "PROPFIND", "G\0T"};
    enum method method = METHOD_PUT;
    for (size_t i = 0; i < sizeof strange / sizeof *strange; i++)
        assert_false(method_read(str_of(strange[i]), &method));
    assert_int_equal(method, METHOD_PUT);
    assert_true(method_read(S("HEAD"), &method) && method == METHOD_GET);
    assert_true(method_read(S("DELETE"), &method) && method == METHOD_DELETE);
}

static void no_role_and_no_right_is_no_scope(void **state)
{
    (void)state;
    for (size_t s = 0; s < SERVICES; s++)
        for (size_t i = 0; i < services[s]->count; i++)
            if (services[s]->operations[i].rights)
                assert_int_equal(operation_scope(&services[s]->operations[i], 0), SCOPE_NONE);
    assert_str(scope_name(SCOPE_NONE), "");
    assert_str(scope_name(SCOPE_TENANT), "tenant");
    assert_str(scope_name(SCOPE_CASELOAD), "caseload");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        UNIT(every_operation_is_found_by_its_own_path),
        UNIT(other_paths_have_no_route),
        UNIT(methods_are_written_exactly),
        UNIT(no_role_and_no_right_is_no_scope),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
