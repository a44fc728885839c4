/* SPDX-License-Identifier: EUPL-1.2 */
/* The round of the dispatcher. */
#include "workers/dispatcher/dispatcher.h"

#include "lib/base/uuid.h"

#include "lib/base/clock.h"
#include "workers/dispatcher/gen/queries.h"

/* A program keeps its place, and with it its windows. */
static bool learn_worker(struct dispatcher *dispatcher, const char *name)
{
    for (int w = 0; w < dispatcher->count; w++)
        if (strcmp(dispatcher->workers[w], name) == 0)
            return true;
    if (dispatcher->count == LIMIT_WORKERS) {
        fprintf(stderr, "{\"event\":\"too-many-programs\",\"worker\":\"%s\"}\n", name);
        return false;
    }
    snprintf(dispatcher->workers[dispatcher->count], sizeof *dispatcher->workers, "%s", name);
    dispatcher->streams[dispatcher->count++] = streams_of(name);
    return true;
}

static bool create_groups(struct dispatcher *dispatcher)
{
    for (int w = 0; w < dispatcher->count; w++)
        for (int s = 0; s < STREAMS; s++) {
            redisReply *reply = redis_run(dispatcher->redis, "XGROUP CREATE %s w 0 MKSTREAM",
                                          dispatcher->streams[w].names[s]);
            if (!reply)
                return false; /* BUSYGROUP is fine: it is there */
            freeReplyObject(reply);
        }
    return true;
}

bool dispatcher_learn(struct dispatcher *dispatcher)
{
    struct arena *arena = arena_new();
    struct ctx ctx = {.arena = arena};
    struct plan plan = {.ctx = &ctx};
    const struct statement *workers = sql_dispatcher_workers(&plan);
    bool there = session_run(dispatcher->db, &plan) == OK;
    for (int i = 0; there && i < PQntuples(workers->result); i++)
        learn_worker(dispatcher, PQgetvalue(workers->result, i, 0));
    arena_free(arena);
    return there && create_groups(dispatcher);
}

/* Leads when it has the lock; a new connection has to take it again. */
static bool leads(struct dispatcher *dispatcher, struct arena *arena)
{
    if (dispatcher->generation && dispatcher->generation == session_generation(dispatcher->db))
        return true;
    struct ctx ctx = {.arena = arena};
    struct plan plan = {.ctx = &ctx};
    const struct statement *lock = sql_dispatcher_lead(&plan);
    dispatcher->generation = 0;
    if (session_run(dispatcher->db, &plan) != OK || PQgetvalue(lock->result, 0, 0)[0] != 't')
        return false;
    dispatcher->generation = session_generation(dispatcher->db);
    carried_clear(&dispatcher->carried); /* another one may have led */
    dispatcher->reconcile_ms = 0;
    return true;
}

/* Redis was emptied: groups anew, and nothing is carried but what a look finds; the marker comes last, so that
 * a crash in between repeats the step. */
static bool begin_anew(struct dispatcher *dispatcher, struct arena *arena)
{
    char marker[UUID_TEXT_LEN + 1];
    struct carried none = {0};
    int64_t *ids = arena_array(arena, dispatcher->carried.now.count + 1, sizeof *ids);
    if (!dispatcher_learn(dispatcher))
        return false;
    size_t count = carried_replace(&dispatcher->carried, &none, ids);
    if (!dispatcher_hold(dispatcher, ids, count, "gone"))
        return false;
    dispatcher->reconcile_ms = 0;
    redisReply *reply =
        redis_run(dispatcher->redis, "SET mw:{s0}:inc %s", uuid_print(uuid_new(), marker).at);
    bool set = !redis_is_error(reply);
    if (reply)
        freeReplyObject(reply);
    return set;
}

static bool is_wiped(struct dispatcher *dispatcher, bool *away)
{
    redisReply *reply = redis_run(dispatcher->redis, "EXISTS mw:{s0}:inc");
    *away = redis_is_error(reply);
    bool wiped = reply && reply->integer == 0;
    if (reply)
        freeReplyObject(reply);
    return wiped;
}

/* "{7,12}": these jobs were with a worker before, and are to be sent again. */
static void forget(struct dispatcher *dispatcher, struct arena *arena, const char *jobs)
{
    size_t count = 0;
    int64_t *ids = arena_array(arena, strlen(jobs), sizeof *ids);
    char *end = NULL;
    for (const char *at = jobs + 1; *at >= '0' && *at <= '9'; at = end + (*end == ','))
        ids[count++] = strtoll(at, &end, 10);
    if (count)
        carried_forget(&dispatcher->carried, ids, count);
}

static bool promote(struct dispatcher *dispatcher, struct arena *arena)
{
    if (clock_ms() < dispatcher->promote_ms)
        return true;
    struct ctx ctx = {.arena = arena};
    struct plan plan = {.ctx = &ctx};
    const struct statement *row =
        sql_dispatcher_promote(&plan, (struct sql_dispatcher_promote){
                                          .count = arena_int(arena, PROMOTE_MAX)});
    int64_t promoted = 0, next_ms = 1000;
    if (session_run(dispatcher->db, &plan) != OK)
        return false;
    str_to_int(str_of(PQgetvalue(row->result, 0, 0)), &promoted);
    if (!PQgetisnull(row->result, 0, 1))
        str_to_int(str_of(PQgetvalue(row->result, 0, 1)), &next_ms);
    forget(dispatcher, arena, PQgetvalue(row->result, 0, 2));
    int64_t pause_ms = promoted ? 0 : next_ms < 100 ? 100 : next_ms < 1000 ? next_ms : 1000;
    dispatcher->promote_ms = clock_ms() + pause_ms;
    return true;
}

/* In a session of its own: an old one does not see new rules of a time zone. */
static bool sweep(struct dispatcher *dispatcher, struct arena *arena)
{
    if (clock_ms() < dispatcher->sweep_ms)
        return true;
    struct ctx ctx = {.arena = arena};
    struct plan plan = {.ctx = &ctx};
    struct session *fresh = session_new(dispatcher->conninfo, DISPATCHER_STATEMENT_MS);
    sql_dispatcher_sweep(&plan);
    dispatcher->sweep_ms = clock_ms() + SWEEP_MS;
    bool swept = session_run(fresh, &plan) == OK;
    session_free(fresh);
    return swept;
}

/* What operators asked of running jobs; when it fails, the next time does it. */
static void do_asked(struct dispatcher *dispatcher)
{
    struct arena *arena = arena_new();
    struct ctx ctx = {.arena = arena};
    struct plan plan = {.ctx = &ctx};
    sql_dispatcher_do_asked(&plan);
    if (session_run(dispatcher->db, &plan) != OK)
        fprintf(stderr, "{\"event\":\"not-done\",\"what\":\"asked\"}\n");
    arena_free(arena);
}

/* First what is carried: a death is counted of a job that is, and once. */
static bool keep_right(struct dispatcher *dispatcher)
{
    if (clock_ms() >= dispatcher->reconcile_ms) {
        if (!dispatcher_learn(dispatcher) || !dispatcher_reconcile(dispatcher))
            return false;
        dispatcher->reconcile_ms = clock_ms() + RECONCILE_MS;
    }
    if (clock_ms() < dispatcher->reap_ms)
        return true;
    dispatcher->reap_ms = clock_ms() + REAP_MS;
    return dispatcher_reap(dispatcher);
}

int dispatcher_step(struct dispatcher *dispatcher)
{
    struct arena *arena = arena_new();
    bool away = false;
    int filled = -1;
    dispatcher->full = false;
    if (leads(dispatcher, arena) && promote(dispatcher, arena) && sweep(dispatcher, arena)) {
        if (clock_ms() >= dispatcher->reap_ms)
            do_asked(dispatcher);
        dispatcher_report(dispatcher);
        bool wiped = is_wiped(dispatcher, &away);
        if (away || wiped)
            dispatcher->reap_ms = clock_ms() + REAP_AGAIN_MS;
        if (!away && (!wiped || begin_anew(dispatcher, arena)) && keep_right(dispatcher))
            filled = dispatcher_refill(dispatcher, arena);
    }
    if (filled < 0)
        dispatcher->reconcile_ms = 0; /* what failed may have left more or less than it seems */
    arena_free(arena);
    return filled;
}
