/* SPDX-License-Identifier: EUPL-1.2 */
/* A list of templates; the most exact ones come first. */
#include "lib/server/router.h"

#include <stdlib.h>

static const char *const method_names[] = {"GET", "POST", "PUT", "PATCH", "DELETE"};

static struct route route_from(const char *path, size_t service)
{
    struct route route = {.service = service};
    struct str rest = str_from(str_of(path), 1);
    while (rest.at) {
        struct str segment = str_cut(&rest, '/');
        route.segments[route.count++] = segment.at[0] == '{' ? (struct str){0} : segment;
    }
    return route;
}

static bool same(const struct route *a, const struct route *b)
{
    if (a->count != b->count)
        return false;
    for (size_t i = 0; i < a->count; i++)
        if ((a->segments[i].at == NULL) != (b->segments[i].at == NULL)
            || !str_equal(a->segments[i], b->segments[i]))
            return false;
    return true;
}

static void add(struct router *router, const struct operation *operation, size_t service)
{
    struct route route = route_from(operation->path, service);
    for (size_t i = 0; i < router->count; i++)
        if (same(&router->routes[i], &route)) {
            router->routes[i].operations[operation->method] = operation;
            return;
        }
    route.operations[operation->method] = operation;
    router->routes[router->count++] = route;
}

static int by_exactness(const void *left, const void *right)
{
    const struct route *a = left, *b = right;
    for (size_t i = 0; i < LIMIT_SEGMENTS; i++)
        if ((a->segments[i].at == NULL) != (b->segments[i].at == NULL))
            return a->segments[i].at ? -1 : 1;
    return 0;
}

struct router router_of(const struct service *const *services, size_t count)
{
    size_t total = 0;
    for (size_t i = 0; i < count; i++)
        total += services[i]->count;
    struct router router = {calloc(total + 1, sizeof(struct route)), 0};
    if (!router.routes)
        abort();
    for (size_t i = 0; i < count; i++)
        for (size_t j = 0; j < services[i]->count; j++)
            add(&router, &services[i]->operations[j], i);
    qsort(router.routes, router.count, sizeof *router.routes, by_exactness);
    return router;
}

static bool matches(const struct route *route, const struct str *segments, struct str *path)
{
    size_t parameters = 0;
    for (size_t i = 0; i < route->count; i++) {
        if (!route->segments[i].at)
            path[parameters++] = segments[i];
        else if (!str_equal(route->segments[i], segments[i]))
            return false;
    }
    return true;
}

const struct route *router_find(const struct router *router, const struct str *segments,
                                size_t count, struct str path[LIMIT_PATH_PARAMETERS])
{
    for (size_t i = 0; i < router->count; i++)
        if (router->routes[i].count == count && matches(&router->routes[i], segments, path))
            return &router->routes[i];
    return NULL;
}

struct str route_allow(struct arena *arena, const struct route *route)
{
    struct buf out = buf_in(arena);
    for (int m = METHOD_GET; m <= METHOD_DELETE; m++)
        if (route->operations[m])
            buf_print(&out, "%s%s", out.len ? ", " : "",
                      m == METHOD_GET ? "GET, HEAD" : method_names[m]);
    return buf_str(&out);
}

bool method_read(struct str text, enum method *ret)
{
    for (int m = METHOD_GET; m <= METHOD_DELETE; m++)
        if (str_equal(text, str_of(method_names[m]))) {
            *ret = (enum method)m;
            return true;
        }
    if (!str_equal(text, S("HEAD")))
        return false;
    *ret = METHOD_GET;
    return true;
}
