/* SPDX-License-Identifier: EUPL-1.2 */
/* Each verb is a statement. Its result is printed as a table, or with --json as one line of JSON
 * per row. What Redis knows is one more parameter of the statement. The scope is the whole
 * installation. */
#include "services/cli/queue.h"

#include <stdio.h>
#include <unistd.h>

#include "services/cli/command.h"
#include "services/cli/queue_words.h"

enum { WATCH_S = 2 };

static void print_table(const PGresult *rows)
{
    for (int c = 0; c < PQnfields(rows); c++)
        printf("%s%s", c ? "\t" : "", PQfname(rows, c));
    putchar('\n');
    for (int r = 0; r < PQntuples(rows); r++)
        for (int c = 0; c < PQnfields(rows); c++)
            printf("%s%s", PQgetvalue(rows, r, c), c + 1 < PQnfields(rows) ? "\t" : "\n");
}

static void print_one(const PGresult *rows)
{
    for (int r = 0; r < PQntuples(rows); r++)
        for (int c = 0; c < PQnfields(rows); c++)
            printf("%-14s %s\n", PQfname(rows, c), PQgetvalue(rows, r, c));
}

static void print(const struct asked *asked, const PGresult *rows)
{
    if (asked->flags & FLAG_JSON)
        for (int r = 0; r < PQntuples(rows); r++)
            puts(PQgetvalue(rows, r, 0));
    else if (asked->verb->shape == ONE)
        print_one(rows);
    else if (asked->verb->shape == TEXT)
        fputs(PQgetvalue(rows, 0, 0), stdout);
    else
        print_table(rows);
    fflush(stdout);
}

/* Prints why the database refused: in our words for the codes of queue.act(), else in the words
 * of PostgreSQL. */
static void say_refusal(const PGresult *rows)
{
    const char *state = PQresultErrorField(rows, PG_DIAG_SQLSTATE);
    if (state && strcmp(state, "MW404") == 0)
        fprintf(stderr, "maatwerk: there is none\n");
    else if (state && strcmp(state, "MW409") == 0)
        fprintf(stderr,
                "maatwerk: not possible in its state: it is running, or has nothing to do\n");
    else
        fprintf(stderr, "maatwerk: %s", PQresultErrorMessage(rows));
}

static bool run_once(struct gather *gather, struct asked *asked)
{
    const struct verb *verb = asked->verb;
    int count = verb_values(verb);
    if (verb->gather) {
        gather->word = asked->values[0];
        asked->values[count++] = verb->gather(gather).at;
        if (!asked->values[count - 1])
            return false;
    }
    struct str sql = asked->flags & FLAG_JSON
                         ? arena_print(gather->arena, "select to_jsonb(x) from (%s) x", verb->sql)
                         : str_of(verb->sql);
    PGresult *rows = PQexecParams(gather->pg, sql.at, count, NULL, asked->values, NULL, NULL, 0);
    bool good = PQresultStatus(rows) == PGRES_TUPLES_OK;
    if (!good)
        say_refusal(rows);
    else if (verb->shape == ONE && PQntuples(rows) == 0)
        fprintf(stderr, "maatwerk: there is none\n");
    else
        print(asked, rows);
    good = good && (verb->shape != ONE || PQntuples(rows) > 0);
    PQclear(rows);
    return good;
}

/* Sets the context in which the views show all rows, and which the audit stores. */
static bool set_context(PGconn *pg, const struct verb *verb)
{
    const char *values[] = {verb->name};
    PGresult *set = must_run(pg,
                             "select set_config('app.scope', 'installation', false), "
                             "set_config('app.role', 'system', false), "
                             "set_config('app.call', 'queue ' || $1::text, false)",
                             1, values);
    PQclear(set);
    return set != NULL;
}

/* Whether PostgreSQL answers, and has no connection for us. */
static bool is_full(const PGconn *pg)
{
    const char *said = PQerrorMessage(pg);
    return strstr(said, "connection slots") || strstr(said, "too many clients");
}

/* A connection as maatwerk_cli; NULL when there is none, which was said then. When all are taken, the
 * few that are kept for administrators are there for this. */
static PGconn *connect_operator(const struct config *config)
{
    PGconn *pg = PQconnectdb(config_conninfo(config, "cli", 0, ""));
    if (PQstatus(pg) == CONNECTION_OK)
        return pg;
    fprintf(stderr, "maatwerk: %s", PQerrorMessage(pg));
    PGconn *kept = is_full(pg) ? admin_connect(config) : NULL;
    PQfinish(pg);
    if (kept && must_do(kept, "set session authorization maatwerk_cli"))
        return kept;
    PQfinish(kept);
    return NULL;
}

static int run(const struct config *config, struct asked *asked)
{
    struct gather gather = {.arena = arena_new(),
                            .redis = redis_new(config, "cli"),
                            .pg = connect_operator(config)};
    bool good = gather.pg != NULL;
    good = good && set_context(gather.pg, asked->verb) && run_once(&gather, asked);
    while (good && asked->flags & FLAG_WATCH) {
        sleep(WATCH_S);
        if (isatty(STDOUT_FILENO))
            fputs("\033[H\033[2J", stdout);
        good = run_once(&gather, asked);
    }
    PQfinish(gather.pg);
    redis_free(gather.redis);
    arena_free(gather.arena);
    return good ? 0 : 1;
}

static int help(void)
{
    puts("maatwerk queue VERB … [--json]\n");
    for (size_t i = 0; i < queue_verbs_count; i++) {
        printf("  %s %s", queue_verbs[i].name, queue_verbs[i].arguments);
        for (int o = 0; o < OPTIONS_MAX && queue_verbs[i].options[o]; o++)
            printf(" [--%s …]", queue_verbs[i].options[o]);
        puts(queue_verbs[i].flags & FLAG_WATCH ? " [--watch]" : "");
    }
    return 2;
}

int command_queue(const struct config *config, int count, char **arguments)
{
    struct asked asked = {0};
    if (!asked_read(&asked, count, arguments))
        return help();
    return run(config, &asked);
}
