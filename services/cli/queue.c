/* SPDX-License-Identifier: EUPL-1.2 */
/* What is in the queue, for an operator. */
#include <stdio.h>

#include "services/cli/command.h"

int command_queue_stats(const struct config *config, int count, char **arguments)
{
    (void)count, (void)arguments;
    PGconn *pg = PQconnectdb(config_conninfo(config, "cli", ""));
    PGresult *rows = PQstatus(pg) == CONNECTION_OK
                         ? must_run(pg, "select state, prio, kind, jobs, round(oldest_seconds) from queue.figures()"
                                        " order by 1, 2, 3", 0, NULL)
                         : NULL;
    printf("state prio kind             jobs oldest_s\n");
    for (int i = 0; rows && i < PQntuples(rows); i++)
        printf("%-5s %-4s %-16s %4s %s\n", PQgetvalue(rows, i, 0), PQgetvalue(rows, i, 1), PQgetvalue(rows, i, 2),
               PQgetvalue(rows, i, 3), PQgetvalue(rows, i, 4));
    int status = rows ? 0 : 1;
    PQclear(rows);
    PQfinish(pg);
    return status;
}
