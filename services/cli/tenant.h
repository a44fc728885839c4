/* SPDX-License-Identifier: EUPL-1.2 */
/* Who keeps files of its own in this installation. */
#ifndef MAATWERK_CLI_TENANT_H
#define MAATWERK_CLI_TENANT_H

#include "lib/base/config.h"

/* Makes a tenant, or changes its name: CODE --kind K --name N --region CODE. With --admin, the
 * e-mail address of somebody, this person becomes its first administrator. Without words it lists
 * what there is. Returns the exit status. */
int command_tenant(const struct config *config, int count, char **arguments);

#endif
