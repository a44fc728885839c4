/* SPDX-License-Identifier: EUPL-1.2 */
/* From method and path to the operation of the contract. */
#ifndef MAATWERK_SERVER_ROUTER_H
#define MAATWERK_SERVER_ROUTER_H

#include "lib/http/operation.h"
#include "lib/http/uri.h"

struct route {
    struct str segments[LIMIT_SEGMENTS]; /* absent text: a parameter */
    size_t count;
    const struct operation *operations[METHOD_DELETE + 1];
    size_t service; /* number of the service that the operations belong to */
};

struct router {
    struct route *routes;
    size_t count;
};

/* The routes of all services. Never freed: it lives as long as the process. */
struct router router_of(const struct service *const *services, size_t count);

/* The route of the path behind /v1, with its parameters in `path`; NULL when there is none. Words
 * win from parameters: /candidates/_search is never a candidate. */
const struct route *router_find(const struct router *router, const struct str *segments,
                                size_t count, struct str path[LIMIT_PATH_PARAMETERS]);

/* "GET, POST": for Allow. */
struct str route_allow(struct arena *arena, const struct route *route);

/* Reads a method name; HEAD is GET. Returns false for what no operation can have. */
bool method_read(struct str text, enum method *ret);

#endif
