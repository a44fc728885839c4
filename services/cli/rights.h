/* SPDX-License-Identifier: EUPL-1.2 */
/* The login roles of the programs, and their rights. */
#ifndef MAATWERK_CLI_RIGHTS_H
#define MAATWERK_CLI_RIGHTS_H

#include "lib/base/arena.h"
#include "lib/base/str.h"

/* SQL that creates the missing roles: one for each program of sql/programs.tsv, and the owner.
 * Absent, after a message on stderr, when the list cannot be read. An administrator runs it. */
struct str rights_roles(struct arena *arena);

/* SQL that takes every right from the programs and grants what sql/grants.tsv says, followed by
 * a NUL. Absent, after a message on stderr, when a file cannot be read. The owner runs it. */
struct str rights_grants(struct arena *arena);

/* SQL that divides the connections over the roles (services/cli/shares.h). Absent, after a
 * message on stderr, when the setting is not valid. Tools are for operators and have no limit.
 * An administrator runs it. */
struct str rights_shares(struct arena *arena);

#endif
