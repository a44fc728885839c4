/* SPDX-License-Identifier: EUPL-1.2 */
/* queue.pick() decides which jobs; the windows decide how many: a job in a stream stays there,
 * even when a more urgent job comes after it. */
#include "workers/dispatcher/refill.h"

#include "lib/base/buf.h"
#include "lib/base/clock.h"
#include "workers/dispatcher/gen/queries.h"

/* Looks into the streams again when the list of carried jobs is this much longer than twice what
 * they hold. */
enum { CARRIED_EXTRA = 1024 };

/* Asks for all streams in one round trip: how long each is, and its first entry. */
static bool measure_all(struct dispatcher *dispatcher)
{
    struct entry_id firsts[LIMIT_WORKERS][STREAMS] = {0};
    size_t length = 0;
    bool there = true;
    for (int w = 0; w < dispatcher->count; w++)
        for (int s = 0; s < STREAMS; s++) {
            const char *name = dispatcher->streams[w].names[s];
            there = there && redis_add(dispatcher->redis, "XLEN %s", name);
            if (dispatcher->carried.jobs_of[w][s])
                there = there && redis_add(dispatcher->redis, "XINFO STREAM %s", name);
        }
    for (int w = 0; w < dispatcher->count && there; w++)
        for (int s = 0; s < STREAMS && there; s++) {
            redisReply *reply = redis_read(dispatcher->redis), *first = NULL;
            there =
                reply
                && (!dispatcher->carried.jobs_of[w][s] || (first = redis_read(dispatcher->redis)));
            size_t jobs =
                there ? carried_jobs_in(&dispatcher->carried, w, s, (size_t)reply->integer) : 0;
            if (there && s < STREAM_SUSPECTS)
                window_measure(&dispatcher->windows[w][s], (long long)jobs, clock_ms());
            length += jobs;
            if (first)
                firsts[w][s] = stream_reply_first(first);
            freeReplyObject(reply);
            freeReplyObject(first);
        }
    if (there)
        carried_trim(&dispatcher->carried, firsts);
    if (dispatcher->carried.now.count > 2 * length + CARRIED_EXTRA)
        dispatcher->reconcile_ms = 0;
    return there;
}

static void add_room(struct buf *list, struct str item)
{
    buf_add_char(list, list->len ? ',' : '{');
    buf_add(list, item);
}

static struct sql_dispatcher_refill rooms_of(struct dispatcher *dispatcher, struct arena *arena)
{
    struct buf workers = buf_in(arena), prios = buf_in(arena), rooms = buf_in(arena),
               afters = buf_in(arena);
    for (int w = 0; w < dispatcher->count; w++)
        for (int p = 0; p < STREAM_SUSPECTS; p++) {
            int room = window_room(&dispatcher->windows[w][p]);
            dispatcher->full |= !room && dispatcher->windows[w][p].moves;
            if (!room)
                continue;
            add_room(&workers, str_of(dispatcher->workers[w]));
            add_room(&prios, arena_int(arena, p));
            add_room(&rooms, arena_int(arena, room));
            add_room(&afters, arena_int(arena, dispatcher->windows[w][p].after));
        }
    if (!workers.len)
        return (struct sql_dispatcher_refill){0};
    buf_add_char(&workers, '}');
    buf_add_char(&prios, '}');
    buf_add_char(&rooms, '}');
    buf_add_char(&afters, '}');
    return (struct sql_dispatcher_refill){.workers = buf_str(&workers),
                                          .prios = buf_str(&prios),
                                          .rooms = buf_str(&rooms),
                                          .afters = buf_str(&afters)};
}

/* The number of the program with this name. Returns false when there is none. */
static bool find_worker(const struct dispatcher *dispatcher, const char *name, int *ret)
{
    for (int w = 0; w < dispatcher->count; w++)
        if (strcmp(dispatcher->workers[w], name) == 0) {
            *ret = w;
            return true;
        }
    return false;
}

static int number_at(const PGresult *rows, int row, enum dispatcher_refill_column column)
{
    int64_t number = 0;
    str_to_int(str_of(PQgetvalue(rows, row, column)), &number);
    return (int)number;
}

/* Chooses the stream of a job. A job that may go to a higher priority does so when there is
 * room. */
static bool place_job(struct dispatcher *dispatcher, const PGresult *rows, int row,
                      struct carried_job *ret)
{
    int w, stream = number_at(rows, row, DISPATCHER_REFILL_PRIO);
    int higher = number_at(rows, row, DISPATCHER_REFILL_CLASS);
    if (!find_worker(dispatcher, PQgetvalue(rows, row, DISPATCHER_REFILL_WORKER), &w))
        return false;
    struct window *windows = dispatcher->windows[w];
    windows[stream].after = number_at(rows, row, DISPATCHER_REFILL_TENANT);
    if (number_at(rows, row, DISPATCHER_REFILL_CRASH))
        stream = STREAM_SUSPECTS;
    else if (window_has_room(&windows[higher]))
        stream = higher;
    if (stream != STREAM_SUSPECTS)
        windows[stream].length++;
    *ret = (struct carried_job){.worker = (short)w, .stream = (short)stream};
    return str_to_int(str_of(PQgetvalue(rows, row, DISPATCHER_REFILL_ID)), &ret->job);
}

/* How many jobs an entry may carry: more when jobs end quickly, so that there are still entries
 * for many workers. A suspect goes alone. */
static int jobs_together(const struct dispatcher *dispatcher, int worker, int stream)
{
    int most =
        stream == STREAM_SUSPECTS ? 1 : dispatcher->windows[worker][stream].size / WINDOW_MIN;
    return most < ENTRY_JOBS ? most : ENTRY_JOBS;
}

/* Adds an entry with the first of these jobs, and with the jobs after it that go to the same
 * stream. Returns how many jobs it has; 0 when Redis cannot be reached. */
static int add_entry(struct dispatcher *dispatcher, const struct carried_job *jobs, int count)
{
    int worker = jobs->worker, stream = jobs->stream, many = 0;
    int most = jobs_together(dispatcher, worker, stream);
    char text[ENTRY_JOBS * 21] = "";
    size_t length = 0;
    do
        length += (size_t)snprintf(text + length, sizeof text - length, "%s%lld", many ? "," : "",
                                   (long long)jobs[many].job);
    while (++many < count && many < most && jobs[many].worker == worker
           && jobs[many].stream == stream);
    return redis_add(dispatcher->redis, "XADD %s NOMKSTREAM * j %s",
                     dispatcher->streams[worker].names[stream], text)
               ? many
               : 0;
}

/* A job that got into a stream is carried from now on; a job that did not is ready still. */
static bool publish(struct dispatcher *dispatcher, struct arena *arena, const PGresult *rows)
{
    int count = 0, sent = 0;
    bool all = true;
    struct carried_job *jobs = arena_array(arena, (size_t)PQntuples(rows) + 1, sizeof *jobs);
    int *together = arena_array(arena, (size_t)PQntuples(rows) + 1, sizeof *together);
    for (int i = 0; i < PQntuples(rows); i++)
        count += place_job(dispatcher, rows, i, &jobs[count]);
    for (int i = 0; i < count; i += together[sent++])
        if (!(together[sent] = add_entry(dispatcher, &jobs[i], count - i)))
            return false;
    for (int i = 0, at = 0; i < sent; at += together[i++]) {
        redisReply *reply = redis_read(dispatcher->redis);
        if (!reply)
            return false;
        bool there = reply->type == REDIS_REPLY_STRING;
        for (int j = at; there && j < at + together[i]; j++) {
            jobs[j].entry = entry_id_of(reply->str);
            carried_add(&dispatcher->carried, jobs[j]);
        }
        all = all && there;
        freeReplyObject(reply);
    }
    return all;
}

/* "{7,12}": the jobs that must not be sent. */
static struct str print_carried(const struct carried *carried, struct plan *plan)
{
    size_t room = carried->now.count + carried->locked.count + 1;
    int64_t *ids = arena_array(plan->ctx->arena, room, sizeof *ids);
    return plan_ids(plan, ids, carried_jobs(carried, ids));
}

bool refill_streams(struct dispatcher *dispatcher, struct arena *arena, int *ret_published)
{
    if (!measure_all(dispatcher))
        return false;
    struct sql_dispatcher_refill rooms = rooms_of(dispatcher, arena);
    if (!rooms.workers.at) {
        *ret_published = 0;
        return true;
    }
    struct ctx ctx = {.arena = arena};
    struct plan plan = {.ctx = &ctx};
    rooms.carried = print_carried(&dispatcher->carried, &plan);
    const struct statement *rows = sql_dispatcher_refill(&plan, rooms);
    if (session_run(dispatcher->db, &plan) != OK || !publish(dispatcher, arena, rows->result))
        return false;
    *ret_published = PQntuples(rows->result);
    return true;
}
