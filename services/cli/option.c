/* SPDX-License-Identifier: EUPL-1.2 */
/* Looking for --name. */
#include "services/cli/option.h"

#include <string.h>

const char *option(int count, char **arguments, const char *name, const char *otherwise)
{
    for (int i = 0; i + 1 < count; i++)
        if (strncmp(arguments[i], "--", 2) == 0 && strcmp(arguments[i] + 2, name) == 0)
            return arguments[i + 1];
    return otherwise;
}
