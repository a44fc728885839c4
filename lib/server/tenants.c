/* SPDX-License-Identifier: EUPL-1.2 */
/* The directory of municipalities: no personal data, read by every program, kept in memory. */
#include <stdlib.h>

#include "lib/server/gen/queries.h"
#include "lib/server/start.h"

enum { STATEMENT_MS = 2000 };

int32_t tenants_find(const struct tenants *tenants, struct str id)
{
    for (size_t i = 0; tenants && i < tenants->count; i++)
        if (str_equal(str_of(tenants->entries[i].id), id))
            return tenants->entries[i].number;
    return 0;
}

static struct tenants *tenants_from(const PGresult *rows)
{
    size_t count = (size_t)PQntuples(rows);
    struct tenants *made = calloc(1, sizeof *made + count * sizeof(struct tenant_entry));
    if (!made)
        abort();
    made->count = count;
    for (size_t i = 0; i < count; i++) {
        int64_t number = 0;
        struct uuid id = {0};
        if (str_to_int(str_of(PQgetvalue(rows, (int)i, 0)), &number)
            && uuid_read(str_of(PQgetvalue(rows, (int)i, 1)), &id))
            uuid_print(id, made->entries[i].id);
        made->entries[i].number = (int32_t)number;
    }
    return made;
}

static bool same(const struct tenants *a, const struct tenants *b)
{
    return a && b && a->count == b->count
           && memcmp(a->entries, b->entries, a->count * sizeof(struct tenant_entry)) == 0;
}

bool tenants_load(struct server *server)
{
    static const char *conninfo;
    if (!conninfo)
        conninfo = config_conninfo(&server->config, server->services[0]->name, STATEMENT_MS, "");
    PGconn *pg = PQconnectdb(conninfo);
    PGresult *rows = PQstatus(pg) == CONNECTION_OK ? PQexec(pg, query_tenant_directory.text) : NULL;
    bool loaded = rows && PQresultStatus(rows) == PGRES_TUPLES_OK;
    if (loaded) {
        struct tenants *fresh = tenants_from(rows);
        if (same(atomic_load(&server->tenants), fresh))
            free(fresh);
        else
            atomic_store(&server->tenants,
                         fresh); /* the old one stays: another thread may be reading it */
    }
    PQclear(rows);
    PQfinish(pg);
    return loaded;
}
