/* SPDX-License-Identifier: EUPL-1.2 */
/* The demo region. */
#ifndef MAATWERK_CLI_DEMO_H
#define MAATWERK_CLI_DEMO_H

#include "lib/base/config.h"

/* Makes an invented region, unless there are municipalities already. Returns the exit status. */
int command_demo(const struct config *config, int count, char **arguments);

#endif
