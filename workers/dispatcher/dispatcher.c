/* SPDX-License-Identifier: EUPL-1.2 */
/* The round of the dispatcher. */
#include "workers/dispatcher/dispatcher.h"

#include "lib/base/clock.h"
#include "lib/base/uuid.h"
#include "workers/dispatcher/gen/queries.h"
#include "workers/dispatcher/locked_jobs.h"
#include "workers/dispatcher/reap.h"
#include "workers/dispatcher/reconcile.h"
#include "workers/dispatcher/refill.h"
#include "workers/dispatcher/report.h"

enum {
    PROMOTE_MAX = 1000,
    PROMOTE_LEAST_MS = 100, /* shortest and longest pause between two promotions */
    PROMOTE_MOST_MS = 1000,
    RECONCILE_MS = 2000,
    REAP_AGAIN_MS = 2500, /* the first look for dead workers after Redis could not be used or was
                             emptied: by then every worker that lives has sent its heartbeat */
    SWEEP_MS = 600000,
    RENEW_MS = 1000,
    LEASE_MS = 5000, /* of queue.lead() */
};

/* Adds a program. It keeps its number, and with it its windows. */
static void learn_worker(struct dispatcher *dispatcher, const char *name)
{
    for (int w = 0; w < dispatcher->count; w++)
        if (strcmp(dispatcher->workers[w], name) == 0)
            return;
    if (dispatcher->count == LIMIT_WORKERS) {
        fprintf(stderr, "{\"event\":\"too-many-programs\",\"worker\":\"%s\"}\n", name);
        return;
    }
    snprintf(dispatcher->workers[dispatcher->count], sizeof *dispatcher->workers, "%s", name);
    dispatcher->streams[dispatcher->count++] = streams_of(name);
}

static bool create_groups(struct dispatcher *dispatcher)
{
    for (int w = 0; w < dispatcher->count; w++)
        for (int s = 0; s < STREAMS; s++) {
            redisReply *reply = redis_run(dispatcher->redis, "XGROUP CREATE %s w 0 MKSTREAM",
                                          dispatcher->streams[w].names[s]);
            if (!reply)
                return false; /* an error reply (BUSYGROUP) means that the group exists */
            freeReplyObject(reply);
        }
    return true;
}

/* Learns which programs there are, and creates the groups that their streams lack. */
static bool learn_workers(struct dispatcher *dispatcher)
{
    struct arena *arena = arena_new();
    struct ctx ctx = {.arena = arena};
    struct plan plan = {.ctx = &ctx};
    const struct statement *workers = sql_dispatcher_workers(&plan);
    bool there = session_run(dispatcher->db, &plan) == OK;
    for (int i = 0; there && i < PQntuples(workers->result); i++)
        learn_worker(dispatcher, PQgetvalue(workers->result, i, DISPATCHER_WORKERS_NAME));
    arena_free(arena);
    return there && create_groups(dispatcher);
}

static bool renew(struct dispatcher *dispatcher, struct arena *arena)
{
    struct ctx ctx = {.arena = arena};
    struct plan plan = {.ctx = &ctx};
    const struct statement *lease =
        sql_dispatcher_lead(&plan,
                            (struct sql_dispatcher_lead){.trouble = str_of(dispatcher->trouble)});
    return session_run(dispatcher->db, &plan) == OK
           && PQgetvalue(lease->result, 0, DISPATCHER_LEAD_LEADS)[0] == 't';
}

/* Whether it leads. It renews its lease each second, and at once when PostgreSQL must know of trouble.
 * After it stood still, or with a new connection, another one may have led meanwhile. */
static bool leads(struct dispatcher *dispatcher, struct arena *arena)
{
    int64_t now_ms = clock_ms();
    bool led = dispatcher->generation
               && dispatcher->generation == session_generation(dispatcher->db)
               && now_ms < dispatcher->lead_ms + LEASE_MS - RENEW_MS;
    if (led && now_ms < dispatcher->lead_ms && dispatcher->told == dispatcher->trouble)
        return true;
    dispatcher->generation = 0;
    if (!renew(dispatcher, arena))
        return false;
    dispatcher->generation = session_generation(dispatcher->db);
    dispatcher->lead_ms = now_ms + RENEW_MS;
    dispatcher->told = dispatcher->trouble;
    if (!led) {
        carried_clear(&dispatcher->carried);
        dispatcher->reconcile_ms = 0;
    }
    return true;
}

/* Writes what nobody reads: whether Redis takes jobs cannot be seen while there are none. */
static bool can_write(struct dispatcher *dispatcher)
{
    redisReply *reply = redis_run(dispatcher->redis, "SET mw:{s0}:probe 1 PX %d", LEASE_MS);
    bool taken = !redis_is_error(reply);
    const char *trouble = NULL;
    if (!taken)
        trouble = reply ? "refused" : redis_trouble(dispatcher->redis);
    if (reply)
        freeReplyObject(reply);
    if (trouble != dispatcher->trouble)
        fprintf(stderr, "{\"event\":\"redis\",\"trouble\":\"%s\"}\n", trouble ? trouble : "none");
    dispatcher->trouble = trouble;
    dispatcher->doubts = !taken;
    return taken;
}

/* Redis was emptied: creates the groups again, and forgets what the streams carried. The marker
 * comes last, so that a crash in between repeats the step. */
static bool begin_anew(struct dispatcher *dispatcher, struct arena *arena)
{
    char marker[UUID_TEXT_LEN + 1];
    struct carried none = {0};
    int64_t *ids = arena_array(arena, dispatcher->carried.now.count + 1, sizeof *ids);
    if (!learn_workers(dispatcher))
        return false;
    size_t count = carried_replace(&dispatcher->carried, &none, ids);
    if (!locked_jobs_find(dispatcher, ids, count, "gone"))
        return false;
    dispatcher->reconcile_ms = 0;
    redisReply *reply =
        redis_run(dispatcher->redis, "SET mw:{s0}:inc %s", uuid_print(uuid_new(), marker).at);
    bool set = !redis_is_error(reply);
    if (reply)
        freeReplyObject(reply);
    return set;
}

/* Looks whether Redis was emptied. Returns false when Redis cannot be reached. */
static bool look_for_marker(struct dispatcher *dispatcher, bool *ret_emptied)
{
    redisReply *reply = redis_run(dispatcher->redis, "EXISTS mw:{s0}:inc");
    bool there = !redis_is_error(reply);
    if (there)
        *ret_emptied = reply->integer == 0;
    if (reply)
        freeReplyObject(reply);
    return there;
}

/* "{7,12}": these jobs were with a worker before, and must be sent again. */
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

static int64_t promote_pause_ms(int64_t promoted, int64_t next_ms)
{
    if (promoted)
        return 0;
    if (next_ms < PROMOTE_LEAST_MS)
        return PROMOTE_LEAST_MS;
    return next_ms < PROMOTE_MOST_MS ? next_ms : PROMOTE_MOST_MS;
}

/* Makes jobs ready whose time has come. */
static bool promote(struct dispatcher *dispatcher, struct arena *arena)
{
    if (clock_ms() < dispatcher->promote_ms)
        return true;
    struct ctx ctx = {.arena = arena};
    struct plan plan = {.ctx = &ctx};
    const struct statement *row =
        sql_dispatcher_promote(&plan, (struct sql_dispatcher_promote){
                                          .count = arena_int(arena, PROMOTE_MAX)});
    int64_t promoted = 0, next_ms = PROMOTE_MOST_MS;
    if (session_run(dispatcher->db, &plan) != OK)
        return false;
    str_to_int(str_of(PQgetvalue(row->result, 0, DISPATCHER_PROMOTE_PROMOTED)), &promoted);
    if (!PQgetisnull(row->result, 0, DISPATCHER_PROMOTE_NEXT_MS))
        str_to_int(str_of(PQgetvalue(row->result, 0, DISPATCHER_PROMOTE_NEXT_MS)), &next_ms);
    forget(dispatcher, arena, PQgetvalue(row->result, 0, DISPATCHER_PROMOTE_AGAIN));
    dispatcher->promote_ms = clock_ms() + promote_pause_ms(promoted, next_ms);
    return true;
}

/* Uses a new session: an old session does not see new rules of a time zone. */
static bool sweep(struct dispatcher *dispatcher, struct arena *arena)
{
    if (clock_ms() < dispatcher->sweep_ms)
        return true;
    struct ctx ctx = {.arena = arena};
    struct plan plan = {.ctx = &ctx};
    struct session *fresh = session_new(dispatcher->conninfo, STATEMENT_MS);
    sql_dispatcher_sweep(&plan);
    dispatcher->sweep_ms = clock_ms() + SWEEP_MS;
    bool swept = session_run(fresh, &plan) == OK;
    session_free(fresh);
    return swept;
}

/* Does what operators asked of running jobs. When it fails, the next round does it. */
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

/* Looks into the streams before it looks for dead workers: a crash is counted only against jobs
 * that are known to be carried, and once. */
static bool repair(struct dispatcher *dispatcher)
{
    if (clock_ms() >= dispatcher->reconcile_ms) {
        if (!learn_workers(dispatcher) || !reconcile_streams(dispatcher))
            return false;
        dispatcher->reconcile_ms = clock_ms() + RECONCILE_MS;
    }
    if (clock_ms() < dispatcher->reap_ms)
        return true;
    dispatcher->reap_ms = clock_ms() + REAP_MS;
    return reap_dead(dispatcher);
}

/* What a leader does with Redis. */
static bool serve_redis(struct dispatcher *dispatcher, struct arena *arena, int *ret_published)
{
    bool emptied = false, there = true;
    if (dispatcher->doubts || clock_ms() >= dispatcher->reap_ms)
        there = can_write(dispatcher);
    there = there && look_for_marker(dispatcher, &emptied);
    if (!there || emptied)
        dispatcher->reap_ms = clock_ms() + REAP_AGAIN_MS;
    return there && (!emptied || begin_anew(dispatcher, arena)) && repair(dispatcher)
           && refill_streams(dispatcher, arena, ret_published);
}

bool dispatcher_step(struct dispatcher *dispatcher, int *ret_published)
{
    struct arena *arena = arena_new();
    bool done = false;
    dispatcher->full = false;
    if (leads(dispatcher, arena) && promote(dispatcher, arena) && sweep(dispatcher, arena)) {
        if (clock_ms() >= dispatcher->reap_ms)
            do_asked(dispatcher);
        report_send(dispatcher);
        done = serve_redis(dispatcher, arena, ret_published);
    }
    if (!done) { /* a failed step may have left other entries than it knows */
        dispatcher->reconcile_ms = 0;
        dispatcher->doubts = true;
    }
    arena_free(arena);
    return done;
}
