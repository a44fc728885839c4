/* SPDX-License-Identifier: EUPL-1.2 */
/* Runs sql/seeds/demo.sql and demo_work.sql step by step; then adds invented citizen service
 * numbers, encrypted as real ones are. */
#include "services/cli/demo.h"

#include <stdio.h>
#include <stdlib.h>

#include "lib/auth/bsn.h"
#include "lib/base/buf.h"
#include "openapi/gen/role.h"
#include "services/cli/command.h"

enum { BSN_FIRST = 999000000 };

static bool set(PGconn *pg, const char *name, const char *value)
{
    const char *values[] = {name, value};
    PGresult *result = must_run(pg, "select set_config($1, $2, true)", 2, values);
    PQclear(result);
    return result != NULL;
}

/* The roles of the contract with commas between them. */
static struct str roles(struct arena *arena)
{
    struct buf all = buf_in(arena);
    for (int i = 0; i < ROLE_COUNT; i++)
        buf_print(&all, "%s%s", i ? "," : "", role_names[i]);
    return buf_str(&all);
}

/* Runs the file step by step. A step begins with "-- step: <words>"; the words are printed. */
static bool run_steps(PGconn *pg, struct arena *arena, struct str text)
{
    bool done = true;
    for (size_t at = 0; done && at < text.len;) {
        const char *next = strstr(text.at + at + 1, "-- step: ");
        size_t end = next ? (size_t)(next - text.at) : text.len;
        struct str step = arena_copy(arena, (struct str){text.at + at, end - at});
        struct str words = step, line = str_cut(&words, '\n');
        if (str_has_prefix(line, S("-- step: ")))
            printf("  %.*s\n", STR_ARG(str_from(line, 9)));
        fflush(stdout);
        done = must_do(pg, step.at);
        at = end;
    }
    return done;
}

static bool add_bsn(PGconn *pg, struct arena *arena, const struct keys *keys, const PGresult *rows,
                    int row, int64_t *number)
{
    struct bsn_sealed sealed;
    struct str bsn;
    do
        bsn = arena_print(arena, "%lld", (long long)(*number)++);
    while (!bsn_is_valid(bsn));
    struct str tenant = str_of(PQgetvalue(rows, row, 1)),
               candidate = str_of(PQgetvalue(rows, row, 2));
    if (bsn_seal(arena, keys, bsn, tenant, candidate, &sealed) != OK)
        return false;
    struct buf line = buf_in(arena);
    buf_print(&line, "%s\t%s\t1\t\\%s\t\\%s\t\\%s\n", PQgetvalue(rows, row, 0), candidate.at,
              sealed.nonce.at, sealed.ciphertext.at, sealed.blind_index.at);
    struct str text = buf_str(&line);
    return PQputCopyData(pg, text.at, (int)text.len) == 1;
}

static bool add_bsns(PGconn *pg, struct arena *arena, const struct keys *keys)
{
    int64_t number = BSN_FIRST;
    PGresult *rows =
        must_run(pg,
                 "select c.tenant_id, t.id, c.id from app.candidate c join ref.tenant t "
                 "using (tenant_id) order by c.tenant_id, c.id",
                 0, NULL);
    printf("  citizen service numbers\n");
    bool done =
        rows
        && must_do(pg,
                   "copy app.candidate_bsn (tenant_id, candidate_id, key_id, nonce, ciphertext, "
                   "blind_index) from stdin");
    for (int i = 0; done && i < PQntuples(rows); i++)
        done = add_bsn(pg, arena, keys, rows, i, &number);
    PQclear(rows);
    done = PQputCopyEnd(pg, done ? NULL : "stopped") == 1 && done;
    for (PGresult *result; (result = PQgetResult(pg)); PQclear(result))
        done = done && PQresultStatus(result) == PGRES_COMMAND_OK;
    return done;
}

static struct str seed_text(struct arena *arena, const char *name)
{
    return file_read(arena, arena_print(arena, "%s/seeds/%s.sql", sql_folder(), name).at);
}

static bool is_empty(PGconn *pg)
{
    PGresult *row = must_run(pg, "select count(*) from ref.tenant", 0, NULL);
    bool empty = row && PQgetvalue(row, 0, 0)[0] == '0';
    PQclear(row);
    return empty;
}

int command_demo(const struct config *config, int count, char **arguments)
{
    struct arena *arena = arena_new();
    struct keys *keys = NULL;
    PGconn *pg = admin_connect(config);
    const char *candidates = option(count, arguments, "candidates", "5600");
    const char *seed = option(count, arguments, "seed", "1");
    bool done = false;
    if (!pg || keys_load(config->keys, KEYS_WITH_BSN, &keys) != OK)
        fprintf(stderr, "maatwerk: no database or no keys\n");
    else if (!is_empty(pg))
        fprintf(stderr, "maatwerk: there are municipalities already: nothing was changed\n");
    else {
        struct str text = seed_text(arena, "demo"), more = seed_text(arena, "demo_work");
        done = text.at && more.at && must_do(pg, "set client_min_messages = warning; begin")
               && set(pg, "demo.candidates", candidates) && set(pg, "demo.seed", seed)
               && set(pg, "demo.roles", roles(arena).at) && run_steps(pg, arena, text)
               && run_steps(pg, arena, more) && add_bsns(pg, arena, keys)
               && must_do(pg, "commit; analyze");
    }
    if (done)
        printf("demo region: %s candidates in its city\n", candidates);
    keys_free(keys);
    PQfinish(pg);
    arena_free(arena);
    return done ? 0 : 1;
}
