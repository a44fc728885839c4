/* SPDX-License-Identifier: EUPL-1.2 */
/* Keys and tokens. */
#ifndef MAATWERK_CLI_SECRETS_H
#define MAATWERK_CLI_SECRETS_H

#include "lib/base/config.h"

/* Makes the keys of an installation; refuses when a file is there already. Returns the exit
 * status. */
int command_keys_init(const struct config *config, int count, char **arguments);

/* Makes a new key for cursors, and keeps the one before it for cursors that clients have. Returns
 * the exit status. */
int command_keys_rotate(const struct config *config, int count, char **arguments);

/* Prints a token of the local issuer; only in a development installation. Returns the exit
 * status. */
int command_token(const struct config *config, int count, char **arguments);

#endif
