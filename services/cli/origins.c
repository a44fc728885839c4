/* SPDX-License-Identifier: EUPL-1.2 */
/* One update of ref.tenant, whose check says what an origin is. */
#include "services/cli/origins.h"

#include <stdio.h>

#include "lib/base/buf.h"
#include "services/cli/command.h"

static bool store(PGconn *pg, const char *code, const char *origins)
{
    const char *values[] = {code, origins};
    PGresult *stored =
        must_run(pg,
                 "update ref.tenant set origins = array_remove(string_to_array($2, ' '), '') "
                 "where code = $1 returning array_to_string(origins, ' ')",
                 2, values);
    bool found = stored && PQntuples(stored) == 1;
    if (stored && !found)
        fprintf(stderr, "maatwerk: there is no municipality %s\n", code);
    if (found)
        printf("%s: %s\n", code,
               *PQgetvalue(stored, 0, 0) ? PQgetvalue(stored, 0, 0) : "no origin");
    PQclear(stored);
    return found;
}

int command_origins(const struct config *config, int count, char **arguments)
{
    if (count < 1) {
        fprintf(stderr, "maatwerk: of which municipality? origins CODE [ORIGIN …]\n");
        return 2;
    }
    struct arena *arena = arena_new();
    struct buf all = buf_in(arena);
    for (int i = 1; i < count; i++)
        buf_print(&all, "%s%s", i > 1 ? " " : "", arguments[i]);
    PGconn *pg = admin_connect(config);
    bool done = pg && store(pg, arguments[0], buf_str(&all).at);
    PQfinish(pg);
    arena_free(arena);
    return done ? 0 : 1;
}
