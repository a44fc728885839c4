/* SPDX-License-Identifier: EUPL-1.2 */
/* How many connections a program may open. `maatwerk migrate` sets the limits of the login
 * roles. */
#ifndef MAATWERK_DB_CONNECTIONS_H
#define MAATWERK_DB_CONNECTIONS_H

#include "lib/db/session.h"

enum { CONNECTIONS_UNLIMITED = 10000 };

struct connections {
    int most;      /* for all processes of the program together, or CONNECTIONS_UNLIMITED */
    int processes; /* the processes that have a connection now; at least one */
};

/* Asks the database for `count` programs ("employers"), in their order. */
enum err connections_read(struct session *session, const char *const *programs, size_t count,
                          struct connections *ret) MUST_CHECK;

#endif
