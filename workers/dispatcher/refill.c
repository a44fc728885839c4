/* SPDX-License-Identifier: EUPL-1.2 */
/* From PostgreSQL to the streams, as far as there is room. Which jobs, queue.pick() says; how many, the
 * windows: what is in a stream is committed to, whatever more urgent comes behind it. */
#include "lib/base/buf.h"
#include "lib/base/clock.h"
#include "workers/dispatcher/dispatcher.h"
#include "workers/dispatcher/gen/queries.h"

/* What the stream held, and holds now, says how quickly it is emptied. */
static void measure(struct window *window, long long length)
{
    int64_t now_ms = clock_ms(), took_ms = now_ms - window->since_ms;
    if (window->length > length)
        window->ended += window->length - length;
    window->length = length;
    if (took_ms < MEASURE_MS)
        return;
    long long wanted = window->ended * WINDOW_MS / took_ms;
    window->size = wanted < WINDOW_MIN   ? WINDOW_MIN
                   : wanted > WINDOW_MAX ? WINDOW_MAX
                                         : (int)wanted;
    window->moves = window->ended > 0;
    window->ended = 0;
    window->since_ms = now_ms;
}

/* Looks at all streams in one round trip: how long each is, and where it begins. */
static bool measure_all(struct dispatcher *dispatcher)
{
    struct place firsts[LIMIT_WORKERS][STREAMS] = {0};
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
                measure(&dispatcher->windows[w][s], (long long)jobs);
            length += jobs;
            if (first)
                firsts[w][s] = reply_first(first);
            freeReplyObject(reply);
            freeReplyObject(first);
        }
    if (there)
        carried_trim(&dispatcher->carried, firsts);
    if (dispatcher->carried.now.count > 2 * length + CARRIED_EXTRA)
        dispatcher->reconcile_ms = 0;
    return there;
}

/* Less room than a quarter waits, or than half of a window that is emptied quickly: a refill costs the same for
 * one job as for many, and looks at each that is carried. */
static int room_in(const struct window *window)
{
    long long room = window->size - window->length;
    return room * (window->size > WINDOW_QUICK ? 2 : 4) < window->size ? 0 : (int)room;
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
            int room = room_in(&dispatcher->windows[w][p]);
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

static int number_of(const struct dispatcher *dispatcher, const char *worker)
{
    for (int w = 0; w < dispatcher->count; w++)
        if (strcmp(dispatcher->workers[w], worker) == 0)
            return w;
    return -1;
}

static int number_at(const PGresult *rows, int row, int column)
{
    int64_t number = 0;
    str_to_int(str_of(PQgetvalue(rows, row, column)), &number);
    return (int)number;
}

/* Where a job goes. One that may go one class higher does when there is room. */
static bool place_job(struct dispatcher *dispatcher, const PGresult *rows, int row,
                      struct carried_job *ret)
{
    int w = number_of(dispatcher, PQgetvalue(rows, row, 1));
    int stream = number_at(rows, row, 3), higher = number_at(rows, row, 4);
    if (w < 0)
        return false;
    struct window *windows = dispatcher->windows[w];
    windows[stream].after = number_at(rows, row, 2);
    if (number_at(rows, row, 5))
        stream = STREAM_SUSPECTS;
    else if (windows[higher].length < windows[higher].size)
        stream = higher;
    if (stream != STREAM_SUSPECTS)
        windows[stream].length++;
    *ret = (struct carried_job){.worker = (short)w, .stream = (short)stream};
    return str_to_int(str_of(PQgetvalue(rows, row, 0)), &ret->job);
}

/* How many jobs an entry may carry: the more, the more quickly they are ended, so that there are entries
 * for many workers all the same. Suspects go alone. */
static int jobs_together(const struct dispatcher *dispatcher, int worker, int stream)
{
    int most =
        stream == STREAM_SUSPECTS ? 1 : dispatcher->windows[worker][stream].size / WINDOW_MIN;
    return most < ENTRY_JOBS ? most : ENTRY_JOBS;
}

/* Adds an entry with the first of these jobs, and with what goes the same way behind it. Returns how many;
 * 0: Redis is away. */
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

/* What is in a stream is carried from now on; what did not get there is ready still. */
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
            jobs[j].place = place_of(reply->str);
            carried_add(&dispatcher->carried, jobs[j]);
        }
        all = all && there;
        freeReplyObject(reply);
    }
    return all;
}

int dispatcher_refill(struct dispatcher *dispatcher, struct arena *arena)
{
    if (!measure_all(dispatcher))
        return -1;
    struct sql_dispatcher_refill rooms = rooms_of(dispatcher, arena);
    if (!rooms.workers.at)
        return 0;
    struct ctx ctx = {.arena = arena};
    struct plan plan = {.ctx = &ctx};
    size_t count = 0;
    const int64_t *ids = dispatcher_carried(dispatcher, arena, &count);
    rooms.carried = plan_ids(&plan, ids, count);
    const struct statement *rows = sql_dispatcher_refill(&plan, rooms);
    if (session_run(dispatcher->db, &plan) != OK)
        return -1;
    return publish(dispatcher, arena, rows->result) ? PQntuples(rows->result) : -1;
}
