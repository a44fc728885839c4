/* SPDX-License-Identifier: EUPL-1.2 */
/* Asking the database which jobs are locked. */
#include "workers/dispatcher/locked_jobs.h"

#include "workers/dispatcher/gen/queries.h"

static size_t read_ids(const PGresult *rows, int64_t *ids)
{
    size_t count = 0;
    for (int i = 0; i < PQntuples(rows); i++)
        count += str_to_int(str_of(PQgetvalue(rows, i, DISPATCHER_HELD_ID)), &ids[count]);
    return count;
}

bool locked_jobs_find(struct dispatcher *dispatcher, const int64_t *ids, size_t count,
                      const char *reason)
{
    const struct job_list *locked = &dispatcher->carried.locked;
    if (count + locked->count == 0)
        return true;
    struct arena *arena = arena_new();
    struct ctx ctx = {.arena = arena};
    struct plan plan = {.ctx = &ctx};
    int64_t *all = arena_array(arena, count + locked->count, sizeof *all);
    size_t all_count = 0;
    for (size_t i = 0; i < count; i++)
        all[all_count++] = ids[i];
    for (size_t i = 0; i < locked->count; i++)
        all[all_count++] = locked->at[i].job;
    if (count && reason)
        sql_dispatcher_count_lost(&plan,
                                  (struct sql_dispatcher_count_lost){.ids = plan_ids(&plan, ids,
                                                                                     count),
                                                                     .reason = str_of(reason)});
    const struct statement *rows =
        sql_dispatcher_held(&plan,
                            (struct sql_dispatcher_held){.ids = plan_ids(&plan, all, all_count)});
    bool there = session_run(dispatcher->db, &plan) == OK;
    if (there)
        carried_set_locked(&dispatcher->carried, all, read_ids(rows->result, all));
    arena_free(arena);
    return there;
}
