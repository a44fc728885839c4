/* SPDX-License-Identifier: EUPL-1.2 */
/* Limits of login roles. */
#include "lib/db/connections.h"

#include "lib/base/buf.h"
#include "lib/db/gen/queries.h"

static int number_at(const PGresult *rows, size_t row, enum connection_limits_column column)
{
    int64_t number = 0;
    bool read = str_to_int(str_of(PQgetvalue(rows, (int)row, column)), &number);
    return read ? (int)number : 0;
}

static struct str array_of(struct arena *arena, const char *const *programs, size_t count)
{
    struct buf array = buf_in(arena);
    for (size_t i = 0; i < count; i++)
        buf_print(&array, "%c%s", i ? ',' : '{', programs[i]);
    buf_add_char(&array, '}');
    return buf_str(&array);
}

enum err connections_read(struct session *session, const char *const *programs, size_t count,
                          struct connections *ret)
{
    struct arena *arena = arena_new();
    struct ctx ctx = {.arena = arena};
    struct plan plan = {.ctx = &ctx};
    const struct statement *limits =
        sql_connection_limits(&plan, (struct sql_connection_limits){
                                         .programs = array_of(arena, programs, count)});
    enum err err = session_run(session, &plan);
    if (!err && (size_t)PQntuples(limits->result) != count)
        err = ERR_NOT_FOUND;
    for (size_t i = 0; i < count && !err; i++) {
        int most = number_at(limits->result, i, CONNECTION_LIMITS_MOST);
        int processes = number_at(limits->result, i, CONNECTION_LIMITS_PROCESSES);
        ret[i].most = most < 0 ? CONNECTIONS_UNLIMITED : most;
        ret[i].processes = processes > 1 ? processes : 1;
    }
    arena_free(arena);
    return err;
}
