/* SPDX-License-Identifier: EUPL-1.2 */
/* The commands of `maatwerk`: each a function that gets the arguments behind its name. */
#ifndef MAATWERK_CLI_COMMAND_H
#define MAATWERK_CLI_COMMAND_H

#include <libpq-fe.h>

#include "lib/base/arena.h"
#include "lib/base/config.h"

struct command {
    const char *name;      /* "migrate", or "import taxonomy" */
    const char *arguments; /* "--role R --tenant T" */
    const char *meaning;
    int (*run)(const struct config *config, int count, char **arguments); /* exit status */
};

int command_migrate(const struct config *config, int count, char **arguments);
int command_keys_init(const struct config *config, int count, char **arguments);
int command_token(const struct config *config, int count, char **arguments);
int command_import_taxonomy(const struct config *config, int count, char **arguments);
int command_import_places(const struct config *config, int count, char **arguments);
int command_demo(const struct config *config, int count, char **arguments);
int command_queue(const struct config *config, int count, char **arguments);

/* The value behind `--name`, or `otherwise`. */
const char *option(int count, char **arguments, const char *name, const char *otherwise);

/* Connects with administrator rights (MAATWERK_PG_ADMIN, else MAATWERK_PG with user
 * maatwerk_admin). Says on stderr what is wrong and returns NULL when it cannot. */
PGconn *admin_connect(const struct config *config);

/* Runs SQL; says on stderr what is wrong and returns NULL. The caller clears the result. */
PGresult *must_run(PGconn *pg, const char *sql, int parameters, const char *const *values);
/* The same when only the effect counts. */
bool must_do(PGconn *pg, const char *sql);

/* The whole file in the arena, with a NUL behind it; absent with a message when it cannot
 * be read. */
struct str file_read(struct arena *arena, const char *path);

/* The folder with sql/: MAATWERK_SQL, else "sql". */
const char *sql_folder(void);

#endif
