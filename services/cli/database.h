/* SPDX-License-Identifier: EUPL-1.2 */
/* PostgreSQL for commands: blocking, with messages on stderr for a person. */
#ifndef MAATWERK_CLI_DATABASE_H
#define MAATWERK_CLI_DATABASE_H

#include <libpq-fe.h>

#include "lib/base/config.h"
#include "lib/base/err.h"

/* Connects with administrator rights: MAATWERK_PG_ADMIN, else MAATWERK_PG with user
 * maatwerk_admin. Returns NULL, after a message, when that is not possible. The caller frees
 * with PQfinish(). */
PGconn *admin_connect(const struct config *config);

/* Runs SQL. Returns NULL, after a message, when the database refuses it. The caller clears the
 * result. */
PGresult *must_run(PGconn *pg, const char *sql, int parameters,
                   const char *const *values) MUST_CHECK;

/* The same when only the effect counts. */
bool must_do(PGconn *pg, const char *sql) MUST_CHECK;

#endif
