/* SPDX-License-Identifier: EUPL-1.2 */
/* Reference data from files. */
#ifndef MAATWERK_CLI_IMPORT_H
#define MAATWERK_CLI_IMPORT_H

#include "lib/base/config.h"

/* Loads occupations and competences from a folder with CSV files of ESCO. Returns the exit
 * status. */
int command_import_taxonomy(const struct config *config, int count, char **arguments);

/* Loads postcode areas from a CSV file. Returns the exit status. */
int command_import_places(const struct config *config, int count, char **arguments);
/* FILE of neighbourhoods: code,name,district, with the codes of CBS. Neighbourhoods of the same
 * municipalities that it does not have are withdrawn. */
int command_import_neighbourhoods(const struct config *config, int count, char **arguments);

#endif
