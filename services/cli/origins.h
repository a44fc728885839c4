/* SPDX-License-Identifier: EUPL-1.2 */
/* The command `origins`: which web pages may call the API for a municipality. */
#ifndef MAATWERK_CLI_ORIGINS_H
#define MAATWERK_CLI_ORIGINS_H

#include "lib/base/config.h"

/* `maatwerk origins CODE [ORIGIN …]`: from now on these, and no others. Returns the exit status. */
int command_origins(const struct config *config, int count, char **arguments);

#endif
