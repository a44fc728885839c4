/* SPDX-License-Identifier: EUPL-1.2 */
/* Figures become rows that the metrics read. */
#include "workers/dispatcher/report.h"

#include "lib/base/buf.h"
#include "lib/base/clock.h"
#include "workers/dispatcher/gen/queries.h"

enum { REPORT_MS = 5000 };

/* [["matching","p0",12], …]; absent when it has not looked into the streams since the last
 * report. */
static struct str print_entries(const struct dispatcher *dispatcher, struct arena *arena)
{
    struct buf out = buf_in(arena);
    if (!dispatcher->looked)
        return (struct str){0};
    for (int w = 0; w < dispatcher->count; w++)
        for (int s = 0; s < STREAMS; s++)
            buf_print(&out, "%s[\"%s\",\"%s\",%zu]", out.len ? "," : "[", dispatcher->workers[w],
                      strrchr(dispatcher->streams[w].names[s], ':') + 1, dispatcher->entries[w][s]);
    buf_add_char(&out, ']');
    return buf_str(&out);
}

void report_send(struct dispatcher *dispatcher)
{
    if (clock_ms() < dispatcher->report_ms)
        return;
    struct arena *arena = arena_new();
    struct ctx ctx = {.arena = arena};
    struct plan plan = {.ctx = &ctx};
    sql_dispatcher_report(
        &plan, (struct sql_dispatcher_report){.ghosts = arena_int(arena, dispatcher->ghosts),
                                              .entries = print_entries(dispatcher, arena)});
    dispatcher->report_ms = clock_ms() + REPORT_MS;
    if (session_run(dispatcher->db, &plan) == OK) {
        dispatcher->ghosts = 0;
        dispatcher->looked = false;
    }
    arena_free(arena);
}
