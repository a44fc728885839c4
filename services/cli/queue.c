/* SPDX-License-Identifier: EUPL-1.2 */
/* The queue, for an operator: each verb is a statement, its answer a table, or with --json a line
 * of JSON per row. */
#include <stdio.h>

#include "services/cli/command.h"

static const struct verb {
    const char *name, *arguments; /* "?" behind a name: may be left out */
    int least, most;
    const char *sql;
} verbs[] = {
    {"stats", "", 0, 0,
     "select state, prio, kind, jobs, round(oldest_seconds::numeric, 1) as oldest_s "
     "from queue.figures() order by 1, 2, 3"},
    {"ls", "STATE? KIND?", 0, 2,
     "select id, tenant, prio, kind, state, attempt, crash, lane, run_at, last_error "
     "from queue.listed(nullif($1, '-'), $2, 200)"},
    {"show", "ID", 1, 1, "select * from queue.listed(null, null, 1000000) where id = $1::bigint"},
    {"run-now", "ID", 1, 1, "select queue.run_now($1::bigint) as done"},
    {"cancel", "ID", 1, 1, "select queue.cancel($1::bigint) as outcome"},
    {"kill", "ID", 1, 1, "select queue.kill($1::bigint, 'killed', 'by an operator')"},
    {"dead-ls", "REASON?", 0, 1,
     "select id, tenant, kind, reason, attempt, crash, lane, blocks, last_error, died_at "
     "from queue.dead_listed($1, 200)"},
    {"dead-show", "ID", 1, 1,
     "select * from queue.dead_listed(null, 1000000) where id = $1::bigint"},
    {"dead-revive", "ID", 1, 1, "select queue.revive($1::bigint) as job"},
    {"dead-drop", "ID", 1, 1, "select queue.drop_dead($1::bigint) as done"},
    {"pause", "KIND MINUTES?", 1, 2,
     "select queue.pause($1, clock.now() + "
     "coalesce($2::int, 525600) * interval '1 minute') as done"},
    {"resume", "KIND", 1, 1, "select queue.pause($1, null) as done"},
    {"doctor", "", 0, 0, "select * from queue.doctor()"},
};

static void print_table(const PGresult *rows)
{
    for (int c = 0; c < PQnfields(rows); c++)
        printf("%s%s", c ? "\t" : "", PQfname(rows, c));
    putchar('\n');
    for (int r = 0; r < PQntuples(rows); r++)
        for (int c = 0; c < PQnfields(rows); c++)
            printf("%s%s", PQgetvalue(rows, r, c), c + 1 < PQnfields(rows) ? "\t" : "\n");
}

static int run_verb(const struct config *config, const struct verb *verb, int count, char **words,
                    bool json)
{
    struct arena *arena = arena_new();
    const char *values[2] = {count > 0 ? words[0] : NULL, count > 1 ? words[1] : NULL};
    struct str sql =
        json ? arena_print(arena, "select to_jsonb(x) from (%s) x", verb->sql) : str_of(verb->sql);
    PGconn *pg = PQconnectdb(config_conninfo(config, "cli", "-c timezone=UTC"));
    PGresult *rows =
        PQstatus(pg) == CONNECTION_OK ? must_run(pg, sql.at, verb->most, values) : NULL;
    if (rows && json)
        for (int r = 0; r < PQntuples(rows); r++)
            puts(PQgetvalue(rows, r, 0));
    else if (rows)
        print_table(rows);
    else
        fprintf(stderr, "maatwerk: the queue cannot be asked\n");
    int status = rows ? 0 : 1;
    PQclear(rows);
    PQfinish(pg);
    arena_free(arena);
    return status;
}

static int help(void)
{
    puts("maatwerk queue VERB … [--json]\n");
    for (size_t i = 0; i < sizeof verbs / sizeof *verbs; i++)
        printf("  %-12s %s\n", verbs[i].name, verbs[i].arguments);
    return 2;
}

int command_queue(const struct config *config, int count, char **arguments)
{
    bool json = count && strcmp(arguments[count - 1], "--json") == 0;
    int words = count - json;
    for (size_t i = 0; words && i < sizeof verbs / sizeof *verbs; i++)
        if (strcmp(verbs[i].name, arguments[0]) == 0 && words - 1 >= verbs[i].least
            && words - 1 <= verbs[i].most)
            return run_verb(config, &verbs[i], words - 1, arguments + 1, json);
    return help();
}
