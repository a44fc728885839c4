/* SPDX-License-Identifier: EUPL-1.2 */
/* Figures per kind, as they are and as PostgreSQL knows them. */
#include "lib/queue/count.h"

#include "lib/base/clock.h"
#include "lib/base/histogram.h"
#include "lib/queue/gen/queries.h"

enum { FLUSH_US = 5000000 };

struct figures {
    atomic_llong done, failed;
    struct histogram wait, run;
};

/* Each figure twice: its value now, and its value when it was last added to the database. */
struct count {
    const struct worker *worker;
    struct figures *now, *added; /* of each kind of the worker */
    atomic_llong fallback_us, fallback_added_us;
    int64_t due_us;
};

struct count *count_new(const struct worker *worker)
{
    struct count *count = calloc(1, sizeof *count);
    struct figures *figures = calloc(2 * worker->kinds_count, sizeof *figures);
    if (!count || !figures)
        abort();
    *count = (struct count){.worker = worker,
                            .now = figures,
                            .added = figures + worker->kinds_count,
                            .due_us = clock_us() + FLUSH_US};
    return count;
}

static struct figures *figures_of(struct count *count, const char *kind)
{
    const struct job_kind *known = kind_find(count->worker, kind);
    return known ? &count->now[known - count->worker->kinds] : NULL;
}

void count_wait(struct count *count, const char *kind, int64_t waited_us)
{
    struct figures *figures = figures_of(count, kind);
    if (figures)
        histogram_add(&figures->wait, waited_us, 1);
}

void count_end(struct count *count, const char *kind, bool done, int64_t took_us)
{
    struct figures *figures = figures_of(count, kind);
    if (!figures)
        return;
    figure_add(done ? &figures->done : &figures->failed, 1);
    histogram_add(&figures->run, took_us, 1);
}

void count_fallback(struct count *count, int64_t from_us)
{
    figure_add(&count->fallback_us, clock_us() - from_us);
}

static void add(struct buf *out, const char *words, atomic_llong *now, atomic_llong *added)
{
    long long amount = figure_read(now) - figure_read(added);
    if (amount)
        buf_print(out, "%s[%s,%lld]", out->len ? "," : "[", words, amount);
}

static void add_histogram(struct arena *arena, struct buf *out, const char *words,
                          struct histogram *now, struct histogram *added)
{
    for (int i = 0; i < HISTOGRAM_STEPS; i++)
        add(out, arena_print(arena, "%s,\"%s\"", words, histogram_bound(i).at).at, &now->counts[i],
            &added->counts[i]);
    add(out, arena_print(arena, "%s,\"sum\"", words).at, &now->sum_us, &added->sum_us);
}

static void add_kind(struct arena *arena, struct buf *out, const char *kind, struct figures *now,
                     struct figures *added)
{
    add(out, arena_print(arena, "\"done\",\"%s\",\"done\"", kind).at, &now->done, &added->done);
    add(out, arena_print(arena, "\"done\",\"%s\",\"failed\"", kind).at, &now->failed,
        &added->failed);
    add_histogram(arena, out, arena_print(arena, "\"wait\",\"%s\"", kind).at, &now->wait,
                  &added->wait);
    add_histogram(arena, out, arena_print(arena, "\"run\",\"%s\"", kind).at, &now->run,
                  &added->run);
}

/* [["done","match_vacancy","done",3], …]; empty when nothing changed. */
static struct str changes(struct count *count, struct arena *arena)
{
    struct buf out = buf_in(arena);
    for (size_t i = 0; i < count->worker->kinds_count; i++)
        add_kind(arena, &out, count->worker->kinds[i].kind, &count->now[i], &count->added[i]);
    add(&out, "\"fallback\",\"\",\"\"", &count->fallback_us, &count->fallback_added_us);
    if (out.len)
        buf_add_char(&out, ']');
    return buf_str(&out);
}

static void flush(struct count *count, struct session *db)
{
    struct arena *arena = arena_new();
    struct ctx ctx = {.arena = arena};
    struct plan plan = {.ctx = &ctx};
    struct str amounts = changes(count, arena);
    sql_queue_count(&plan, (struct sql_queue_count){.amounts = amounts});
    if (amounts.len && session_run(db, &plan) == OK) {
        memcpy(count->added, count->now, count->worker->kinds_count * sizeof *count->now);
        figure_add(&count->fallback_added_us,
                   figure_read(&count->fallback_us) - figure_read(&count->fallback_added_us));
    }
    arena_free(arena);
}

void count_flush(struct count *count, struct session *db)
{
    int64_t now_us = clock_us();
    if (now_us < count->due_us)
        return;
    count->due_us = now_us + FLUSH_US;
    flush(count, db);
}

void count_free(struct count *count, struct session *db)
{
    flush(count, db);
    free(count->now);
    free(count);
}
