/* SPDX-License-Identifier: EUPL-1.2 */
#include "services/cli/rights.h"

#include "lib/base/buf.h"
#include "services/cli/command.h"
#include "services/cli/shares.h"

static const char *const programs[] = {"employers", "candidates", "placements", "platform",
                                       "matching",  "dispatcher", "cli"};
enum { PROGRAMS = sizeof programs / sizeof *programs };

struct str rights_roles(struct arena *arena)
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
          "alter default privileges for role maatwerk_owner revoke execute on functions from public;"));
    return buf_str(&sql);
}

static void add_revokes(struct buf *sql)
{
    buf_add(sql,
            S("do $$ declare ours text; begin for ours in select n.nspname from pg_namespace n "
              "where n.nspowner = 'maatwerk_owner'::regrole loop\n"));
    for (size_t i = 0; i < PROGRAMS; i++)
        buf_print(
            sql,
            "execute format('revoke all on all tables in schema %%I from maatwerk_%s', ours);\n"
            "execute format('revoke all on schema %%I from maatwerk_%s', ours);\n",
            programs[i], programs[i]);
    buf_add(sql, S("end loop; end $$;\n"));
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

struct str rights_grants(struct arena *arena)
{
    struct str text = file_read(arena, arena_print(arena, "%s/grants.tsv", sql_folder()).at);
    struct buf sql = buf_in(arena);
    if (!text.at)
        return text;
    add_revokes(&sql);
    while (text.at && text.len) {
        struct str line = str_cut(&text, '\n');
        if (line.len == 0 || line.at[0] == '#')
            continue;
        struct str object = line, who = str_cut(&object, '\t'), right = str_cut(&object, '\t');
        add_grant(&sql, who, right, object);
    }
    return buf_str(&sql);
}

struct str rights_shares(struct arena *arena)
{
    return shares_sql(arena, programs, PROGRAMS - 1);
}
