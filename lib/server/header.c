/* SPDX-License-Identifier: EUPL-1.2 */
/* Headers of h2o as texts. */
#include "lib/server/header.h"

/* The next value of this header, from index *at on; absent when there is none. */
static struct str next_value(const h2o_req_t *req, struct str name, size_t *at)
{
    while (*at < req->headers.size) {
        const h2o_header_t *header = &req->headers.entries[(*at)++];
        if (str_equal((struct str){header->name->base, header->name->len}, name))
            return (struct str){header->value.base, header->value.len};
    }
    return (struct str){0};
}

struct str header_find(const h2o_req_t *req, const char *name, size_t *ret_count)
{
    struct str found = {0}, value;
    size_t seen = 0, at = 0;
    while ((value = next_value(req, str_of(name), &at)).at) {
        found = value;
        seen++;
    }
    if (ret_count)
        *ret_count = seen;
    return found;
}

struct str header_join(const h2o_req_t *req, const char *name, struct arena *arena)
{
    size_t at = 0;
    struct str joined = next_value(req, str_of(name), &at), more;
    while ((more = next_value(req, str_of(name), &at)).at)
        joined = arena_print(arena, "%.*s,%.*s", STR_ARG(joined), STR_ARG(more));
    return joined;
}

void header_add(h2o_req_t *req, const char *name, struct str value)
{
    h2o_iovec_t kept = h2o_strdup(&req->pool, value.at ? value.at : "", value.len);
    h2o_add_header_by_str(&req->pool, &req->res.headers, name, strlen(name), 0, NULL, kept.base,
                          kept.len);
}
