/* SPDX-License-Identifier: EUPL-1.2 */
/* The id and the rights of an operation. */
#include "lib/http/operation.h"

struct str request_resource(const struct request *req)
{
    if (req->operation->flags & OPERATION_CREATES)
        return req->new_id;
    const struct field *fields = req->operation->path_fields;
    size_t count = req->operation->path_count, last = count;
    while (fields && last && fields[last - 1].type != FIELD_UUID)
        last--;
    return count ? req->path[(last ? last : count) - 1] : (struct str){0};
}

struct str request_shows(const struct request *req, size_t number)
{
    return req->shows >> number & 1 ? S("true") : S("false");
}

enum scope operation_scope(const struct operation *operation, uint32_t role)
{
    for (const struct right *right = operation->rights; right->role; right++)
        if (right->role == role)
            return right->scope;
    return SCOPE_NONE;
}

struct str scope_name(enum scope scope)
{
    static const char *const names[] = {"",         "tenant", "organisation",
                                        "caseload", "",       "installation"};
    return str_of(names[scope]);
}
