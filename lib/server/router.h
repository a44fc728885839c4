/* SPDX-License-Identifier: EUPL-1.2 */
/* Finds the operation of the contract for a method and a path. */
#ifndef MAATWERK_SERVER_ROUTER_H
#define MAATWERK_SERVER_ROUTER_H

#include "lib/http/operation.h"
#include "lib/http/uri.h"

struct route {
    struct str segments[LIMIT_SEGMENTS]; /* an absent text is a parameter */
    size_t count;
    const struct operation *operations[METHOD_DELETE + 1];
    size_t service; /* index of the service that has the operations */
};

struct router {
    struct route *routes;
    size_t count;
};

/* The routes of all services. They live as long as the process. */
struct router router_of(const struct service *const *services, size_t count);

/* The route of a path, without /v1, with its parameters in `path`; NULL when there is none. A
 * word is preferred over a parameter: /candidates/_search is never a candidate. */
const struct route *router_find(const struct router *router, const struct str *segments,
                                size_t count, struct str path[LIMIT_PATH_PARAMETERS]);

/* The value of the Allow header: "GET, POST". */
struct str route_allow(struct arena *arena, const struct route *route);

/* Reads the name of a method; HEAD is read as GET. Returns false for a method that no operation
 * has. */
bool method_read(struct str text, enum method *ret);

#endif
