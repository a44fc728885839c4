/* SPDX-License-Identifier: EUPL-1.2 */
/* How many connections to PostgreSQL the pools of this process may open.
 *
 *   maatwerk migrate: max_connections, less what operators keep, in shares
 *      └─► limit of a login role, by the processes that use it
 *            └─► budget of a service, at most its part of MAATWERK_CONNECTIONS
 *                  └─► by the loops that are awake: connections to read and to write
 *
 * A loop for which nothing is left rests: it takes no new clients. So a server with few connections
 * is slower, and never locks anybody out. The database is asked again every two seconds: shares
 * follow when a process comes or goes, or when an administrator changes a limit. */
#ifndef MAATWERK_SERVER_BUDGET_H
#define MAATWERK_SERVER_BUDGET_H

/* What a loop uses of each service when there is enough. */
enum { POOL_READS = 4, POOL_WRITES = 8 };

struct share {
    unsigned reads, writes; /* connections of a loop; at least one of each */
};

/* How many of `loops` can work with `connections`, one to read and one to write each: at least
 * one. */
int budget_loops(int connections, int loops);

/* The part of each of `loops` that are awake. */
struct share budget_share(int connections, int loops);

#endif
