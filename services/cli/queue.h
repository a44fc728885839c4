/* SPDX-License-Identifier: EUPL-1.2 */
/* The queue, for an operator. */
#ifndef MAATWERK_CLI_QUEUE_H
#define MAATWERK_CLI_QUEUE_H

#include "lib/base/config.h"

/* Runs one verb of services/cli/queue_verbs.h. Without a known verb it lists the verbs. Returns
 * the exit status. */
int command_queue(const struct config *config, int count, char **arguments);

#endif
