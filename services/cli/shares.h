/* SPDX-License-Identifier: EUPL-1.2 */
/* The connections of PostgreSQL, divided over the programs. */
#ifndef MAATWERK_CLI_SHARES_H
#define MAATWERK_CLI_SHARES_H

#include "lib/base/arena.h"
#include "lib/base/str.h"
#include "services/cli/programs.h"

/* SQL that gives the login role of each program its share of max_connections, after the
 * connections that PostgreSQL keeps for superusers and a twentieth for operators (tools and
 * administrators, which have no limit). Shares are equal, or follow the weights of
 * MAATWERK_SHARES ("matching=3,dispatcher=1"; a program that is not named has weight 1). Absent,
 * after a message on stderr, when the weights are not valid. An administrator runs it. */
struct str shares_sql(struct arena *arena, const struct programs *programs);

#endif
