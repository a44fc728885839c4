/* SPDX-License-Identifier: EUPL-1.2 */
/* Files that commands read. */
#ifndef MAATWERK_CLI_FILE_H
#define MAATWERK_CLI_FILE_H

#include "lib/base/arena.h"

/* The whole file in the arena, with a NUL after it. Absent, after a message on stderr, when it
 * cannot be read. */
struct str file_read(struct arena *arena, const char *path);

/* The folder with sql/: MAATWERK_SQL, else "sql". */
const char *sql_folder(void);

#endif
