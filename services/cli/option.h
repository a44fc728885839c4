/* SPDX-License-Identifier: EUPL-1.2 */
/* Options of the command line. */
#ifndef MAATWERK_CLI_OPTION_H
#define MAATWERK_CLI_OPTION_H

/* The word after `--name`, or `otherwise` when it is not there. */
const char *option(int count, char **arguments, const char *name, const char *otherwise);

#endif
