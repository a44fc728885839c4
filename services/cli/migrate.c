/* SPDX-License-Identifier: EUPL-1.2 */
/* Brings a database up to date: login roles, migrations in order, states, rights. Runs again
 * without effect. Refuses when another one is running, when a migration that ran has changed, and
 * on a PostgreSQL before 15. */
#include <dirent.h>
#include <openssl/evp.h>
#include <stdio.h>
#include <stdlib.h>

#include "lib/base/buf.h"
#include "services/cli/command.h"
#include "services/cli/shares.h"

enum { POSTGRES_LEAST = 150000, LOCK = 7000 };

static const char *const programs[] = {"employers", "candidates", "placements", "platform",
                                       "matching",  "dispatcher", "cli"};
enum { PROGRAMS = sizeof programs / sizeof *programs };

static bool ensure_roles(PGconn *pg, struct arena *arena)
{
    struct buf sql = buf_in(arena);
    buf_add(&sql, S("do $$ begin\n"));
    for (size_t i = 0; i <= PROGRAMS; i++)
        buf_print(&sql,
                  "if not exists (select from pg_roles where rolname = 'maatwerk_%s') then "
                  "create role maatwerk_%s %s; end if;\n",
                  i < PROGRAMS ? programs[i] : "owner", i < PROGRAMS ? programs[i] : "owner",
                  i < PROGRAMS ? "login" : "nologin");
    buf_add(
        &sql,
        S("execute format('grant create on database %I to maatwerk_owner', current_database());\n"
          "execute format('grant maatwerk_owner to %I', current_user);\n"
          "grant pg_read_all_stats to maatwerk_owner;\nend $$;\n"
          "revoke create on schema public from public;\n"
          "alter default privileges for role maatwerk_owner revoke execute on functions from public;\n"
          "set role maatwerk_owner;\n"
          "create schema if not exists migration;\n"
          "create table if not exists migration.applied (name text primary key, checksum text not null, "
          "at timestamptz not null default clock_timestamp());\nreset role;"));
    return must_do(pg, buf_str(&sql).at);
}

static struct str checksum_of(struct arena *arena, struct str text)
{
    unsigned char digest[EVP_MAX_MD_SIZE];
    struct buf hex = buf_in(arena);
    EVP_Digest(text.at, text.len, digest, NULL, EVP_sha256(), NULL);
    for (int i = 0; i < 32; i++)
        buf_print(&hex, "%02x", digest[i]);
    return buf_str(&hex);
}

/* The checksum under which `name` ran, or absent. */
static struct str applied_as(PGconn *pg, struct arena *arena, const char *name)
{
    PGresult *row =
        must_run(pg, "select checksum from migration.applied where name = $1", 1, &name);
    struct str found = {0};
    if (row && PQntuples(row) == 1)
        found = arena_copy(arena, str_of(PQgetvalue(row, 0, 0)));
    PQclear(row);
    return found;
}

static bool apply(PGconn *pg, const char *name, struct str checksum, const char *sql)
{
    const char *values[] = {name, checksum.at};
    PGresult *noted = NULL;
    bool done =
        must_do(pg, "begin") && must_do(pg, "set local role maatwerk_owner") && must_do(pg, sql)
        && (noted =
                must_run(pg,
                         "insert into migration.applied (name, checksum) values ($1, $2) "
                         "on conflict (name) do update set checksum = $2, at = clock_timestamp()",
                         2, values))
        && must_do(pg, "commit");
    PQclear(noted);
    if (done)
        printf("applied %s\n", name);
    else
        fprintf(stderr, "maatwerk: %s was not applied\n", name);
    return done;
}

/* States may change: their file is loaded again over what is there. */
static struct str over_existing(struct arena *arena, struct str sql)
{
    while (sql.len && (sql.at[sql.len - 1] == '\n' || sql.at[sql.len - 1] == ';'))
        sql.len--;
    return arena_print(
        arena,
        "%.*s\non conflict (noun, from_state, event) do update set to_state = excluded.to_state, "
        "roles = excluded.roles, guard = excluded.guard",
        STR_ARG(sql));
}

static bool apply_file(PGconn *pg, struct arena *arena, const char *folder, const char *name,
                       bool repeatable)
{
    struct str key = arena_print(arena, "%s/%s", folder, name);
    struct str text =
        file_read(arena, arena_print(arena, "%s/%s/%s", sql_folder(), folder, name).at);
    if (!text.at)
        return false;
    struct str checksum = checksum_of(arena, text), before = applied_as(pg, arena, key.at);
    if (str_equal(checksum, before))
        return true;
    if (before.at && !repeatable) {
        fprintf(stderr,
                "maatwerk: %s has changed after it was applied: write a new migration instead\n",
                key.at);
        return false;
    }
    return apply(pg, key.at, checksum, repeatable ? over_existing(arena, text).at : text.at);
}

static int is_sql(const struct dirent *file)
{
    size_t length = strlen(file->d_name);
    return length > 4 && strcmp(file->d_name + length - 4, ".sql") == 0;
}

static bool apply_folder(PGconn *pg, struct arena *arena, const char *folder, bool repeatable)
{
    struct dirent **files = NULL;
    int count =
        scandir(arena_print(arena, "%s/%s", sql_folder(), folder).at, &files, is_sql, alphasort);
    bool done = count > 0;
    for (int i = 0; i < count; i++) {
        done = done && apply_file(pg, arena, folder, files[i]->d_name, repeatable);
        free(files[i]);
    }
    free(files);
    return done;
}

static void add_revokes(struct buf *sql)
{
    static const char *const schemas[] = {"app", "audit", "clock", "ref", "idempotency", "queue"};
    for (size_t i = 0; i < sizeof schemas / sizeof *schemas; i++)
        for (size_t p = 0; p < PROGRAMS; p++)
            buf_print(sql,
                      "revoke all on all tables in schema %s from maatwerk_%s;"
                      "revoke all on all functions in schema %s from maatwerk_%s;"
                      "revoke all on schema %s from maatwerk_%s;\n",
                      schemas[i], programs[p], schemas[i], programs[p], schemas[i], programs[p]);
}

static void add_grant(struct buf *sql, struct str who, struct str right, struct str object)
{
    bool all = str_equal(who, S("*"));
    for (size_t p = 0; p < PROGRAMS; p++) {
        struct str rest = who;
        bool named = false;
        while (rest.at && !named)
            named = str_equal(str_cut(&rest, ','), str_of(programs[p]));
        if (all || named)
            buf_print(sql, "grant %.*s on %.*s to maatwerk_%s;\n", STR_ARG(right), STR_ARG(object),
                      programs[p]);
    }
}

static bool apply_grants(PGconn *pg, struct arena *arena)
{
    struct str text = file_read(arena, arena_print(arena, "%s/grants.tsv", sql_folder()).at);
    struct buf sql = buf_in(arena);
    if (!text.at)
        return false;
    buf_add(&sql, S("begin; set local role maatwerk_owner;\n"));
    add_revokes(&sql);
    while (text.at && text.len) {
        struct str line = str_cut(&text, '\n');
        if (line.len == 0 || line.at[0] == '#')
            continue;
        struct str object = line, who = str_cut(&object, '\t'), right = str_cut(&object, '\t');
        add_grant(&sql, who, right, object);
    }
    buf_add(&sql, S("commit;"));
    return must_do(pg, buf_str(&sql).at);
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

/* The command line is for operators: it has no limit. */
static bool divide(PGconn *pg, struct arena *arena)
{
    struct str sql = shares_sql(arena, programs, PROGRAMS - 1);
    return sql.at && must_do(pg, sql.at);
}

int command_migrate(const struct config *config, int count, char **arguments)
{
    (void)count, (void)arguments;
    struct arena *arena = arena_new();
    PGconn *pg = admin_connect(config);
    bool done = false;
    if (pg && PQserverVersion(pg) < POSTGRES_LEAST)
        fprintf(stderr, "maatwerk: PostgreSQL 15 or later is needed\n");
    else if (pg && take_lock(pg))
        done = must_do(pg, "set client_min_messages = warning") && ensure_roles(pg, arena)
               && apply_folder(pg, arena, "migrations", false)
               && apply_folder(pg, arena, "states", true) && apply_grants(pg, arena)
               && divide(pg, arena);
    PQfinish(pg);
    arena_free(arena);
    return done ? 0 : 1;
}
