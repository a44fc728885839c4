/* SPDX-License-Identifier: EUPL-1.2 */
/* The login roles of the programs, and what they may do. */
#ifndef MAATWERK_CLI_RIGHTS_H
#define MAATWERK_CLI_RIGHTS_H

#include "lib/base/arena.h"
#include "lib/base/str.h"

/* SQL that makes the roles that are not there: one for each program, and the owner. An administrator
 * runs it. */
struct str rights_roles(struct arena *arena);

/* SQL that takes every right from the programs and grants what sql/grants.tsv says, with a NUL
 * behind it; absent, with a message on stderr, when the file cannot be read. The owner runs it. */
struct str rights_grants(struct arena *arena);

/* SQL that divides the connections over the roles (services/cli/shares.h); absent, with a message on
 * stderr, when the setting cannot be understood. The command line is for operators: it has no limit.
 * An administrator runs it. */
struct str rights_shares(struct arena *arena);

#endif
