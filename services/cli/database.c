/* SPDX-License-Identifier: EUPL-1.2 */
/* libpq, with messages. */
#include "services/cli/database.h"

#include <stdio.h>
#include <stdlib.h>

PGconn *admin_connect(const struct config *config)
{
    const char *conninfo = getenv("MAATWERK_PG_ADMIN");
    char *made = NULL;
    if (!conninfo
        && asprintf(&made, "%s user=maatwerk_admin application_name=maatwerk-cli", config->postgres)
               < 0)
        abort();
    PGconn *pg = PQconnectdb(conninfo ? conninfo : made);
    free(made);
    if (PQstatus(pg) == CONNECTION_OK)
        return pg;
    fprintf(stderr, "maatwerk: %s", PQerrorMessage(pg));
    PQfinish(pg);
    return NULL;
}

PGresult *must_run(PGconn *pg, const char *sql, int parameters, const char *const *values)
{
    PGresult *result = parameters ? PQexecParams(pg, sql, parameters, NULL, values, NULL, NULL, 0)
                                  : PQexec(pg, sql);
    ExecStatusType status = PQresultStatus(result);
    if (status == PGRES_COMMAND_OK || status == PGRES_TUPLES_OK || status == PGRES_EMPTY_QUERY
        || status == PGRES_COPY_IN)
        return result;
    fprintf(stderr, "maatwerk: %s", PQresultErrorMessage(result));
    PQclear(result);
    return NULL;
}

bool must_do(PGconn *pg, const char *sql)
{
    PGresult *result = must_run(pg, sql, 0, NULL);
    PQclear(result);
    return result != NULL;
}
