/* SPDX-License-Identifier: EUPL-1.2 */
/* Headers of h2o, as texts. */
#include "lib/server/header.h"

struct str header_find(const h2o_req_t *req, const char *name, size_t *ret_count)
{
    struct str found = {0};
    size_t length = strlen(name), seen = 0;
    for (size_t i = 0; i < req->headers.size; i++) {
        const h2o_header_t *header = &req->headers.entries[i];
        if (header->name->len == length && memcmp(header->name->base, name, length) == 0) {
            found = (struct str){header->value.base, header->value.len};
            seen++;
        }
    }
    if (ret_count)
        *ret_count = seen;
    return found;
}

void header_add(h2o_req_t *req, const char *name, struct str value)
{
    h2o_iovec_t kept = h2o_strdup(&req->pool, value.at ? value.at : "", value.len);
    h2o_add_header_by_str(&req->pool, &req->res.headers, name, strlen(name), 0, NULL, kept.base,
                          kept.len);
}
