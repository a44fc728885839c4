/* SPDX-License-Identifier: EUPL-1.2 */
/* Rows of ref.tenant. Its checks say which codes and kinds there are. */
#include "services/cli/tenant.h"

#include <stdio.h>

#include "services/cli/command.h"

static const char list[] = "select t.code, t.kind, t.name, r.code, t.status from ref.tenant t "
                           "join ref.region r on r.id = t.region_id order by t.kind, t.code";

/* The kind of a tenant that is there stays: its files were made under it. */
static const char store[] =
    "insert into ref.tenant as t (id, code, kind, name, region_id) "
    "select gen_random_uuid(), $1, $2, $3, r.id from ref.region r where r.code = $4 "
    "on conflict (code) do update set name = excluded.name "
    "where t.kind = excluded.kind and t.region_id = excluded.region_id "
    "returning t.code, t.kind, t.name, t.tenant_id";

static const char store_region[] =
    "insert into ref.region (id, code, name) values (gen_random_uuid(), $1, $2) "
    "on conflict (code) do update set name = excluded.name";

static const char enter[] =
    "select set_config('app.tenant', $1, true), set_config('app.role', 'system', true)";

/* Only the first: other users are admitted by the administrators. */
static const char store_admin[] =
    "insert into app.user_account (tenant_id, id, name, email, role) "
    "select $1::int, gen_random_uuid(), $2, $3, 'tenant_admin' where not exists (select from "
    "app.user_account u where u.tenant_id = $1::int and u.role = 'tenant_admin') returning id";

static bool done(PGresult *result)
{
    bool made = result != NULL;
    PQclear(result);
    return made;
}

static bool show(PGconn *pg)
{
    PGresult *rows = must_run(pg, list, 0, NULL);
    for (int i = 0; rows && i < PQntuples(rows); i++)
        printf("%s\t%s\t%s\t%s\t%s\n", PQgetvalue(rows, i, 0), PQgetvalue(rows, i, 1),
               PQgetvalue(rows, i, 2), PQgetvalue(rows, i, 3), PQgetvalue(rows, i, 4));
    return done(rows);
}

static bool add_admin(PGconn *pg, const char *tenant, const char *email, const char *name)
{
    const char *values[] = {tenant, name, email};
    PGresult *made =
        done(must_run(pg, enter, 1, values)) ? must_run(pg, store_admin, 3, values) : NULL;
    bool first = made && PQntuples(made) == 1;
    if (made && !first)
        fprintf(stderr, "maatwerk: there is an administrator already: nothing was changed\n");
    if (first)
        printf("administrator %s: %s\n", email, PQgetvalue(made, 0, 0));
    PQclear(made);
    return first;
}

static bool add(PGconn *pg, int count, char **arguments)
{
    const char *region = option(count, arguments, "region", ""),
               *region_name = option(count, arguments, "region-name", NULL),
               *admin = option(count, arguments, "admin", NULL);
    const char *values[] = {arguments[0], option(count, arguments, "kind", "municipality"),
                            option(count, arguments, "name", ""), region};
    const char *named[] = {region, region_name};
    if (region_name && !done(must_run(pg, store_region, 2, named)))
        return false;
    PGresult *made = must_run(pg, store, 4, values);
    bool is = made && PQntuples(made) == 1;
    if (made && !is)
        fprintf(stderr, "maatwerk: there is no region %s, or %s is of another kind or region\n",
                region, arguments[0]);
    if (is)
        printf("%s: %s, %s\n", arguments[0], PQgetvalue(made, 0, 1), PQgetvalue(made, 0, 2));
    if (is && admin)
        is = add_admin(pg, PQgetvalue(made, 0, 3), admin,
                       option(count, arguments, "admin-name", admin));
    PQclear(made);
    return is;
}

int command_tenant(const struct config *config, int count, char **arguments)
{
    PGconn *pg = admin_connect(config);
    bool made =
        pg
        && (count ? must_do(pg, "begin") && add(pg, count, arguments) && must_do(pg, "commit")
                  : show(pg));
    PQfinish(pg);
    return made ? 0 : 1;
}
