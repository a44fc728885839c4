/* SPDX-License-Identifier: EUPL-1.2 */
/* What the programs do, step by step. A step is what is atomic: a transaction, a command of Redis. */
#include "tests/model/row_protocol.h"

#include <string.h>

#include "tests/model/row_fault.h"
#include "tests/model/row_leader.h"
#include "tests/model/row_worker.h"

static void produce(struct explorer *explorer, const struct row *row)
{
    struct row to = *row;
    int next = 0;
    while (next < row_bounds.jobs && row->jobs[next].state != JOB_ABSENT)
        next++;
    if (next == row_bounds.jobs)
        return;
    if (!row_bounds.lane) {
        to.jobs[next].state = JOB_READY;
        row_step(explorer, "enqueue", &to);
    } else if (!row->lane.begun) {
        to.lane.begun = 1;
        to.lane.blocked = next > row->lane.done;
        row_step(explorer, "enqueue begins", &to);
    } else {
        to.jobs[next].state = row->lane.blocked ? JOB_BLOCKED : JOB_READY;
        to.lane.begun = to.lane.blocked = 0;
        row_step(explorer, "enqueue commits", &to);
    }
}

/* Jobs that are due become ready; PostgreSQL notices a dead client; a person decides on a dead
 * letter. */
static void pass_time(struct explorer *explorer, const struct row *row)
{
    for (int j = 0; j < row_bounds.jobs; j++) {
        struct row to = *row;
        if (row->jobs[j].state == JOB_WAITING) {
            to.jobs[j].state = JOB_READY;
            row_set_carried(&to, 0, row_carried_by(row, 0) & ~(1u << j));
            row_step(explorer, "promote", &to);
        }
        if (row->jobs[j].state == JOB_DEAD && !row_lane_is_locked(row)) {
            to.jobs[j].state = row->lane.done == j ? JOB_READY : JOB_BLOCKED;
            row_step(explorer, "revive", &to);
            to = *row;
            row_end_job(&to, j, JOB_GONE);
            row_step(explorer, "drop", &to);
        }
    }
    if (row->orphans) {
        struct row to = *row;
        to.orphans = 0;
        row_step(explorer, "orphan ends", &to);
        bool poison = row_bounds.poison && row->orphans & 1;
        if (row_lane_is_locked(row) || poison || row_is(ROW_EFFECT_FIRST))
            return;
        row_finish(&to, row->orphans, NO_JOB, JOB_GONE);
        row_step(explorer, "orphan commits", &to);
    }
}

static void steps(struct explorer *explorer, const struct state *state)
{
    struct row row;
    memcpy(&row, state, sizeof row);
    produce(explorer, &row);
    pass_time(explorer, &row);
    row_lead(explorer, &row, 0);
    if (row.faults >> FAULT_STALE & 1)
        row_lead(explorer, &row, 1);
    for (int w = 0; w < WORKERS; w++)
        row_work(explorer, &row, w);
    if (__builtin_popcount(row.faults) < row_bounds.most_faults)
        row_faults(explorer, &row);
}

static struct state first(void)
{
    struct row row = {.redis = {.groups = 1, .marker = 1}};
    struct state state;
    memcpy(&state, &row, sizeof state);
    return state;
}

static const char *wrong(const struct state *state)
{
    struct row row;
    memcpy(&row, state, sizeof row);
    for (int j = 0; j < row_bounds.jobs; j++) {
        if (row.jobs[j].effects == EFFECT_TWICE)
            return "an effect twice";
        if (row.jobs[j].effects == EFFECT_OUT_OF_ORDER)
            return "an effect before those of the jobs before it";
        if (row.jobs[j].state == JOB_FINISHED && !row.jobs[j].effects)
            return "finished without its effect";
        if (row.jobs[j].state == JOB_GONE && row.jobs[j].effects)
            return "buried after its effect";
        if (row_bounds.poison && j > 0 && row.jobs[j].state == JOB_GONE)
            return "an innocent job is buried as poison";
    }
    return NULL;
}

static bool is_end(const struct state *state)
{
    struct row row;
    struct row end = {.redis = {.groups = 1, .marker = 1}};
    memcpy(&row, state, sizeof row);
    for (int j = 0; j < row_bounds.jobs; j++)
        if (!row_has_end(&row, j))
            return false;
    memcpy(end.jobs, row.jobs, sizeof end.jobs);
    end.lane = row.lane;
    end.faults = row.faults;
    end.carried = row.carried;
    return memcmp(&end, &row, sizeof end) == 0;
}

static void print(const struct state *state, FILE *out)
{
    static const char *const states[] = {
        [JOB_ABSENT] = "absent",     [JOB_READY] = "ready", [JOB_WAITING] = "waiting",
        [JOB_BLOCKED] = "blocked",   [JOB_DEAD] = "dead",   [JOB_GONE] = "gone",
        [JOB_FINISHED] = "finished",
    };
    static const char *const owners[] = {"new", "worker0", "worker1", "dead worker", "ghost"};
    struct row row;
    memcpy(&row, state, sizeof row);
    for (int j = 0; j < row_bounds.jobs; j++)
        fprintf(out, "%s, %d crashes; ", states[row.jobs[j].state], row.jobs[j].crash);
    fprintf(out, " lane %d%s ", row.lane.done, row.lane.begun ? "*" : "");
    for (int w = 0; w < WORKERS; w++)
        fprintf(out, " worker%d %d knows %x has %x", w, row.workers[w].step, row.workers[w].known,
                row.workers[w].has);
    for (int l = 0; l < LEADERS; l++)
        fprintf(out, " leader%d %d:%x carried %x", l, row.leaders[l].step, row.leaders[l].jobs,
                row_carried_by(&row, l));
    fprintf(out, " orphans %x redis %d%d ", row.orphans, row.redis.groups, row.redis.marker);
    for (int i = 0; i < ENTRIES; i++)
        if (row.entries[i].there)
            fprintf(out, " %d:%s%s", row.entries[i].job, owners[row.entries[i].owner],
                    row.entries[i].suspect ? "!" : "");
    fprintf(out, "\n");
}

const struct protocol row_protocol = {"row", first, steps, wrong, is_end, print};
