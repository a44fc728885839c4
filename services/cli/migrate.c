/* SPDX-License-Identifier: EUPL-1.2 */
/* Brings a database up to date, in one transaction:
 *
 *   roles ──► before/ ──► new migrations/ ──► functions/ ──► states/ ──► kinds/ ──► rules/ ──► clocks/
 *         ──► after/ ──► grants
 *
 * A migration is applied once. Everything else is applied again, all of it, when one file
 * differs from what was applied; when none does, nothing happens. Then the connections are
 * divided. Refuses when another one is running, when a migration that was applied has changed or
 * is not there, and on a PostgreSQL before 15. */
#include "services/cli/migrate.h"

#include <stdio.h>
#include <stdlib.h>

#include "services/cli/command.h"
#include "services/cli/rights.h"
#include "services/cli/sql_files.h"

enum { POSTGRES_LEAST = 150000, LOCK = 7000 };

static const char become_owner[] =
    "set local role maatwerk_owner; set local check_function_bodies = off;"
    "create schema if not exists migration;"
    "create table if not exists migration.applied (name text primary key, checksum text not null, "
    "at timestamptz not null default clock_timestamp());"
    "delete from migration.applied where name !~ '^migrations/'";

static bool is_recent(PGconn *pg)
{
    if (PQserverVersion(pg) >= POSTGRES_LEAST)
        return true;
    fprintf(stderr, "maatwerk: PostgreSQL 15 or later is needed\n");
    return false;
}

static bool take_lock(PGconn *pg)
{
    char sql[64];
    snprintf(sql, sizeof sql, "select pg_try_advisory_lock(%d)", LOCK);
    PGresult *row = must_run(pg, sql, 0, NULL);
    bool taken = row && PQgetvalue(row, 0, 0)[0] == 't';
    PQclear(row);
    if (!taken)
        fprintf(stderr, "maatwerk: another migration is running\n");
    return taken;
}

/* Prints what is wrong with a file. Returns false. */
static bool refuse(struct str name, const char *why)
{
    fprintf(stderr, "maatwerk: %.*s %s\n", STR_ARG(name), why);
    return false;
}

static PGresult *read_applied(PGconn *pg)
{
    PGresult *there = must_run(pg, "select to_regclass('migration.applied') is not null", 0, NULL);
    bool any = there && PQgetvalue(there, 0, 0)[0] == 't';
    bool good = there != NULL;
    PQclear(there);
    if (!good)
        return NULL;
    return must_run(pg, any ? "select name, checksum from migration.applied" : "select where false",
                    0, NULL);
}

/* Sets, in each file, the checksum with which it was applied. A file that was applied and does
 * not exist any more is a change, and an error when it is a migration. */
static bool note_applied(struct sql_file *files, struct arena *arena, const PGresult *applied,
                         bool *ret_changed)
{
    for (int i = 0; i < PQntuples(applied); i++) {
        struct str name = str_of(PQgetvalue(applied, i, 0));
        struct sql_file *file = files;
        while (file && !str_equal(file->name, name))
            file = file->next;
        if (file)
            file->applied = arena_copy(arena, str_of(PQgetvalue(applied, i, 1)));
        else if (str_has_prefix(name, S("migrations/")))
            return refuse(name, "was applied and is not here: this version is older");
        else
            *ret_changed = true;
    }
    return true;
}

static bool compare(struct sql_file *files, bool *ret_changed)
{
    for (const struct sql_file *file = files; file; file = file->next) {
        if (str_equal(file->checksum, file->applied))
            continue;
        if (file->once && file->applied.at)
            return refuse(file->name,
                          "has changed after it was applied: write a new migration instead");
        *ret_changed = true;
    }
    return true;
}

static bool note(PGconn *pg, const struct sql_file *file)
{
    const char *values[] = {file->name.at, file->checksum.at};
    PGresult *noted =
        must_run(pg, "insert into migration.applied (name, checksum) values ($1, $2)", 2, values);
    PQclear(noted);
    return noted != NULL;
}

static bool apply(PGconn *pg, const struct sql_file *file)
{
    if (file->once && file->applied.at)
        return true;
    return (must_do(pg, file->text.at) && note(pg, file))
           || refuse(file->name, "cannot be applied: nothing has changed");
}

static bool apply_all(PGconn *pg, struct arena *arena, const struct sql_file *files)
{
    struct str roles = rights_roles(arena);
    bool good =
        roles.at && must_do(pg, "begin") && must_do(pg, roles.at) && must_do(pg, become_owner);
    for (const struct sql_file *file = files; good && file; file = file->next)
        good = apply(pg, file);
    if (!good || !must_do(pg, "commit"))
        return false;
    for (const struct sql_file *file = files; file; file = file->next)
        if (!str_equal(file->checksum, file->applied))
            printf("applied %s\n", file->name.at);
    return true;
}

static bool migrate(PGconn *pg, struct arena *arena)
{
    struct sql_file *files = NULL;
    bool changed = false;
    if (!sql_files_read(arena, &files))
        return false;
    PGresult *applied = read_applied(pg);
    bool good =
        applied && note_applied(files, arena, applied, &changed) && compare(files, &changed);
    PQclear(applied);
    return good && (!changed || apply_all(pg, arena, files));
}

static bool divide(PGconn *pg, struct arena *arena)
{
    struct str sql = rights_shares(arena);
    return sql.at && must_do(pg, sql.at);
}

int command_migrate(const struct config *config, int count, char **arguments)
{
    (void)count, (void)arguments;
    struct arena *arena = arena_new();
    PGconn *pg = admin_connect(config);
    bool done = pg && is_recent(pg) && take_lock(pg)
                && must_do(pg, "set client_min_messages = warning") && migrate(pg, arena)
                && divide(pg, arena);
    PQfinish(pg);
    arena_free(arena);
    return done ? 0 : 1;
}
