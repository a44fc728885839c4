/* SPDX-License-Identifier: EUPL-1.2 */
#include "services/cli/shares.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/base/buf.h"

enum { WEIGHT_MAX = 100 };

static const char before[] =
    "do $$ declare a record; begin for a in with room as (select greatest(most - reserved"
    " - greatest(3, most / 20), 0) as most from (select"
    " current_setting('max_connections')::int as most,"
    " current_setting('superuser_reserved_connections')::int as reserved) server),"
    " share as (select program, greatest(room.most * weight / sum(weight) over (), 2)::int as most"
    " from room, (values ";
static const char after[] =
    ") p (program, weight)) select program, s.most from share s join pg_roles on rolname = program"
    " where rolconnlimit <> s.most"
    " loop execute format('alter role %I connection limit %s', a.program, a.most);"
    " if a.most < 5 then raise warning '% has only % connections: max_connections is small',"
    " a.program, a.most; end if; end loop; end $$";

/* Tools are for operators: they must be able to log in when all others are many. */
static bool has_share(const struct program *program)
{
    return !str_equal(program->kind, S("tool"));
}

/* Reads "matching=3,dispatcher=1" into `weights`, by place of the program. */
static bool read_weights(struct str text, const struct programs *programs, int64_t *weights)
{
    while (text.at && text.len) {
        struct str weight = str_cut(&text, ','), name = str_cut(&weight, '=');
        size_t i = 0;
        while (i < programs->count && !str_equal(name, programs->list[i].name))
            i++;
        if (i == programs->count || !has_share(&programs->list[i]) || !weight.at
            || !str_to_int(weight, &weights[i]) || weights[i] < 1 || weights[i] > WEIGHT_MAX)
            return false;
    }
    return true;
}

struct str shares_sql(struct arena *arena, const struct programs *programs)
{
    struct buf sql = buf_in(arena);
    const char *said = getenv("MAATWERK_SHARES"), *between = "";
    int64_t *weights = arena_array(arena, programs->count, sizeof *weights);
    for (size_t i = 0; i < programs->count; i++)
        weights[i] = 1;
    if (!read_weights(str_of(said ? said : ""), programs, weights)) {
        fprintf(stderr, "maatwerk: MAATWERK_SHARES is not program=weight,…; weights are 1 to %d\n",
                WEIGHT_MAX);
        return (struct str){0};
    }
    buf_add(&sql, str_of(before));
    for (size_t i = 0; i < programs->count; i++) {
        if (!has_share(&programs->list[i]))
            continue;
        buf_print(&sql, "%s('maatwerk_%.*s', %d)", between, STR_ARG(programs->list[i].name),
                  (int)weights[i]);
        between = ", ";
    }
    buf_add(&sql, str_of(after));
    return buf_str(&sql);
}
