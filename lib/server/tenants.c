/* SPDX-License-Identifier: EUPL-1.2 */
/* A list that is searched from its start. */
#include "lib/server/tenants.h"

#include <stdlib.h>

#include "lib/base/uuid.h"
#include "lib/server/gen/queries.h"

enum { ORIGINS_MAX = 1000 }; /* bytes; the table has the same limit */

struct tenants {
    size_t count;
    struct tenant {
        char id[UUID_TEXT_LEN + 1];
        int32_t number;
        char origins[ORIGINS_MAX + 1]; /* with spaces between them */
    } entries[];
};

int32_t tenants_find(const struct tenants *tenants, struct str id)
{
    for (size_t i = 0; tenants && i < tenants->count; i++)
        if (str_equal(str_of(tenants->entries[i].id), id))
            return tenants->entries[i].number;
    return 0;
}

static bool names(struct str origins, struct str origin)
{
    while (origins.at)
        if (str_equal(str_cut(&origins, ' '), origin))
            return true;
    return false;
}

bool tenants_allow(const struct tenants *tenants, int32_t number, struct str origin)
{
    for (size_t i = 0; tenants && origin.len && i < tenants->count; i++)
        if ((!number || tenants->entries[i].number == number)
            && names(str_of(tenants->entries[i].origins), origin))
            return true;
    return false;
}

static struct tenants *tenants_from(const PGresult *rows)
{
    size_t count = (size_t)PQntuples(rows);
    struct tenants *made = calloc(1, sizeof *made + count * sizeof(struct tenant));
    if (!made)
        abort();
    made->count = count;
    for (size_t i = 0; i < count; i++) {
        int64_t number = 0;
        struct uuid id = {0};
        if (str_to_int(str_of(PQgetvalue(rows, (int)i, TENANT_DIRECTORY_TENANT_ID)), &number)
            && uuid_read(str_of(PQgetvalue(rows, (int)i, TENANT_DIRECTORY_ID)), &id))
            uuid_print(id, made->entries[i].id);
        made->entries[i].number = (int32_t)number;
        strncpy(made->entries[i].origins, PQgetvalue(rows, (int)i, TENANT_DIRECTORY_ORIGINS),
                ORIGINS_MAX);
    }
    return made;
}

static bool same(const struct tenants *a, const struct tenants *b)
{
    return a && b && a->count == b->count
           && memcmp(a->entries, b->entries, a->count * sizeof(struct tenant)) == 0;
}

bool tenants_load(struct session *session, const struct tenants *known, const struct tenants **ret)
{
    struct arena *arena = arena_new();
    struct ctx ctx = {.arena = arena};
    struct plan plan = {.ctx = &ctx};
    const struct statement *directory = sql_tenant_directory(&plan);
    bool loaded = session_run(session, &plan) == OK;
    if (loaded) {
        struct tenants *fresh = tenants_from(directory->result);
        *ret = same(known, fresh) ? known : fresh;
        if (*ret == known)
            free(fresh);
    }
    arena_free(arena);
    return loaded;
}
