/* SPDX-License-Identifier: EUPL-1.2 */
/* Decisions that are reckoned again, years later. */
#ifndef MAATWERK_CLI_DECISIONS_H
#define MAATWERK_CLI_DECISIONS_H

#include "lib/base/config.h"

/* Reckons every stored decision again from its inputs and by its method, of all municipalities or
 * of --tenant CODE. Prints one line for each that differs, and then how many are the same. Returns
 * the exit status: 0 when all are the same, 1 when one differs or the database cannot be asked. */
int command_decisions_replay(const struct config *config, int count, char **arguments);

#endif
