/* SPDX-License-Identifier: EUPL-1.2 */
/* How many connections to PostgreSQL the pools of this process may open.
 *
 *   maatwerk migrate: max_connections, less the connections for operators, divided into shares
 *      └─► the limit of a login role, divided over the processes that use it
 *            └─► the budget of a service, at most its part of MAATWERK_CONNECTIONS
 *                  └─► divided over the loops that are awake: connections to read and to write
 *
 * A loop without connections rests: it accepts no new clients. So a server with few connections is
 * slower, but it never takes the connections of other programs. The database is asked again every
 * two seconds, so that the budget changes when a process starts or ends, or when an administrator
 * changes a limit. */
#ifndef MAATWERK_SERVER_BUDGET_H
#define MAATWERK_SERVER_BUDGET_H

/* The connections that a loop uses for each service when there are enough. */
enum { POOL_READS = 4, POOL_WRITES = 8 };

struct share {
    unsigned reads, writes; /* connections of a loop; at least one of each */
};

/* How many of `loops` can be awake with `connections`, when each needs one to read and one to
 * write. At least one. */
int budget_loops(int connections, int loops);

/* The connections of each of `loops` that are awake. */
struct share budget_share(int connections, int loops);

#endif
