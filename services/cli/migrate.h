/* SPDX-License-Identifier: EUPL-1.2 */
/* The schema of the database. */
#ifndef MAATWERK_CLI_MIGRATE_H
#define MAATWERK_CLI_MIGRATE_H

#include "lib/base/config.h"

/* Brings the database up to date: login roles, migrations, states, rights. Running it again
 * changes nothing. Returns the exit status. */
int command_migrate(const struct config *config, int count, char **arguments);

#endif
