/* SPDX-License-Identifier: EUPL-1.2 */
/* What every command needs: its settings, its options, the database and files. */
#ifndef MAATWERK_CLI_COMMAND_H
#define MAATWERK_CLI_COMMAND_H

#include "lib/base/config.h"
#include "services/cli/database.h"
#include "services/cli/file.h"
#include "services/cli/option.h"

#endif
