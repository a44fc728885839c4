/* SPDX-License-Identifier: EUPL-1.2 */
#include "services/cli/rights.h"

#include "lib/base/buf.h"
#include "services/cli/file.h"
#include "services/cli/programs.h"
#include "services/cli/shares.h"

static void add_role(struct buf *sql, struct str name, const char *login)
{
    buf_print(sql,
              "if not exists (select from pg_roles where rolname = 'maatwerk_%.*s') then "
              "create role maatwerk_%.*s %s; end if;\n",
              STR_ARG(name), STR_ARG(name), login);
}

/* A login finds no name in a schema that it did not name. The functions look the same way: PostgreSQL
 * keeps what it has planned only as long as everybody who uses it does. */
static void add_search_path(struct buf *sql, struct str login)
{
    buf_print(sql,
              "execute format('alter role maatwerk_%.*s in database %%I set search_path = "
              "pg_catalog, pg_temp', current_database());\n",
              STR_ARG(login));
}

/* Locks that have only a number belong to nobody: the one who may take them can hold up the functions that
 * use them. They are for those functions alone. An administrator who may not say so leaves it. */
static const char locks[] =
    "declare lock regprocedure; begin for lock in select p.oid from pg_proc p"
    " where p.pronamespace = 'pg_catalog'::regnamespace and p.proname ~ 'advisory' loop"
    " execute format('revoke execute on function %s from public', lock);"
    " execute format('grant execute on function %s to maatwerk_owner', lock); end loop;"
    " exception when insufficient_privilege then null; end;\n";

struct str rights_roles(struct arena *arena)
{
    struct buf sql = buf_in(arena);
    struct programs programs;
    if (!programs_read(arena, &programs))
        return (struct str){0};
    buf_add(&sql, S("do $$ begin\n"));
    add_role(&sql, S("owner"), "nologin");
    for (size_t i = 0; i < programs.count; i++) {
        add_role(&sql, programs.list[i].name, "login");
        add_search_path(&sql, programs.list[i].name);
    }
    buf_add(&sql, str_of(locks));
    buf_add(
        &sql,
        S("execute format('grant create on database %I to maatwerk_owner', current_database());\n"
          "execute format('grant maatwerk_owner to %I', current_user);\n"
          "grant pg_read_all_stats to maatwerk_owner;\nend $$;\n"
          "revoke create on schema public from public;\n"
          "alter default privileges for role maatwerk_owner revoke execute on functions from public;"));
    return buf_str(&sql);
}

/* Also from a program that is not listed any more. */
static const char revokes[] =
    "do $$ declare ours text; program text; begin"
    " for ours, program in select n.nspname, r.rolname from pg_namespace n, pg_roles r"
    " where n.nspowner = 'maatwerk_owner'::regrole and r.rolname like 'maatwerk\\_%'"
    " and r.rolname <> 'maatwerk_owner' loop"
    " execute format('revoke all on all tables in schema %I from %I', ours, program);"
    " execute format('revoke all on schema %I from %I', ours, program);"
    " end loop; end $$;\n";

/* Whether the program is one of `who`: "*", or names and kinds with a comma between them. */
static bool is_named(const struct program *program, struct str who)
{
    bool named = str_equal(who, S("*"));
    while (who.at && !named) {
        struct str one = str_cut(&who, ',');
        named = str_equal(one, program->name) || str_equal(one, program->kind);
    }
    return named;
}

static void add_grants(struct buf *sql, const struct programs *programs, struct str line)
{
    struct str object = line, who = str_cut(&object, '\t'), right = str_cut(&object, '\t');
    for (size_t i = 0; i < programs->count; i++)
        if (is_named(&programs->list[i], who))
            buf_print(sql, "grant %.*s on %.*s to maatwerk_%.*s;\n", STR_ARG(right),
                      STR_ARG(object), STR_ARG(programs->list[i].name));
}

struct str rights_grants(struct arena *arena)
{
    struct str text = file_read(arena, arena_print(arena, "%s/grants.tsv", sql_folder()).at);
    struct buf sql = buf_in(arena);
    struct programs programs;
    if (!text.at || !programs_read(arena, &programs))
        return (struct str){0};
    buf_add(&sql, str_of(revokes));
    while (text.at && text.len) {
        struct str line = str_cut(&text, '\n');
        if (line.len && line.at[0] != '#')
            add_grants(&sql, &programs, line);
    }
    return buf_str(&sql);
}

struct str rights_shares(struct arena *arena)
{
    struct programs programs;
    if (!programs_read(arena, &programs))
        return (struct str){0};
    return shares_sql(arena, &programs);
}
