/* SPDX-License-Identifier: EUPL-1.2 */
/* Jobs that no stream carries any more though somebody is at them: after a death that PostgreSQL has not
 * noticed, after Redis was emptied. */
#include "workers/dispatcher/dispatcher.h"
#include "workers/dispatcher/gen/queries.h"

int64_t *dispatcher_carried(const struct dispatcher *dispatcher, struct arena *arena,
                            size_t *ret_count)
{
    const struct carried *carried = &dispatcher->carried;
    size_t room = carried->now.count + carried->held.count + 1;
    int64_t *ids = arena_array(arena, room, sizeof *ids);
    *ret_count = carried_jobs(carried, ids);
    return ids;
}

static size_t numbers_of(const PGresult *rows, int64_t *ids)
{
    size_t count = 0;
    for (int i = 0; i < PQntuples(rows); i++)
        count += str_to_int(str_of(PQgetvalue(rows, i, 0)), &ids[count]);
    return count;
}

bool dispatcher_hold(struct dispatcher *dispatcher, const int64_t *ids, size_t count,
                     const char *reason)
{
    const struct job_list *held = &dispatcher->carried.held;
    if (count + held->count == 0)
        return true;
    struct arena *arena = arena_new();
    struct ctx ctx = {.arena = arena};
    struct plan plan = {.ctx = &ctx};
    int64_t *all = arena_array(arena, count + held->count, sizeof *all);
    size_t all_count = 0;
    for (size_t i = 0; i < count; i++)
        all[all_count++] = ids[i];
    for (size_t i = 0; i < held->count; i++)
        all[all_count++] = held->at[i].job;
    if (count && reason)
        sql_dispatcher_count_lost(&plan,
                                  (struct sql_dispatcher_count_lost){.ids = plan_ids(&plan, ids,
                                                                                     count),
                                                                     .reason = str_of(reason)});
    const struct statement *rows =
        sql_dispatcher_held(&plan,
                            (struct sql_dispatcher_held){.ids = plan_ids(&plan, all, all_count)});
    bool known = session_run(dispatcher->db, &plan) == OK;
    if (known)
        carried_hold(&dispatcher->carried, all, numbers_of(rows->result, all));
    arena_free(arena);
    return known;
}
