/* SPDX-License-Identifier: EUPL-1.2 */
/* Who may call an operation, and with which scope. */
#include "lib/http/operation.h"

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
