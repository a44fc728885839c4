/* SPDX-License-Identifier: EUPL-1.2 */
/* The dispatcher: fill, reconcile, reap, begin anew after Redis was emptied. */
#include "tests/model/row.h"

#include <string.h>

enum { POISON_AFTER = 4 };

/* Of these jobs, those that are alive in the streams by priority, or among the suspects. */
static unsigned look_into(struct row *row, bool suspects)
{
    unsigned live = 0;
    for (int i = 0; i < ENTRIES; i++) {
        if (!row->entries[i].there || row->entries[i].suspect != suspects)
            continue;
        if (row->entries[i].owner == OWNER_GHOST && !row_is(ROW_GHOST_LIVE))
            memset(&row->entries[i], 0, 1);
        else
            live |= 1u << row->entries[i].job;
    }
    return live;
}

static unsigned move_to_suspects(struct row *row)
{
    unsigned moved = 0;
    for (int i = 0; i < ENTRIES; i++)
        if (row->entries[i].there && row->entries[i].owner == OWNER_DEAD) {
            row->entries[i].owner = OWNER_NEW;
            row->entries[i].suspect = 1;
            moved |= 1u << row->entries[i].job;
        }
    return moved;
}

static void lead_on(struct explorer *explorer, const struct row *row, int l)
{
    struct row to = *row;
    unsigned ready = row_jobs_in(row, JOB_READY) & ~row_locked(row);
    if (!row->redis.marker) {
        to.redis.groups = 1;
        to.leaders[l].step = LEADER_GROUPS;
        row_step(explorer, "groups anew", -1, &to);
        return;
    }
    if (ready) {
        if (!row_is(ROW_PUBLISH_FIRST))
            row_move_jobs(&to, ready, JOB_READY, JOB_SENT);
        to.leaders[l].step = LEADER_PUBLISH;
        to.leaders[l].jobs = ready & 7;
        row_step(explorer, "dispatch", -1, &to);
    }
    to = *row;
    if (!row_is(ROW_NO_RECONCILE)) {
        to.leaders[l].step = LEADER_ROWS;
        to.leaders[l].jobs = row_jobs_in(row, JOB_SENT) & 7;
        row_step(explorer, "read rows", -1, &to);
    }
    to = *row;
    unsigned moved = row_is(ROW_NO_REAP) ? 0 : move_to_suspects(&to);
    if (moved) {
        to.leaders[l].step = row_bounds.poison ? LEADER_COUNT : LEADER_IDLE;
        to.leaders[l].jobs = row_bounds.poison ? moved & 7 : 0;
        row_step(explorer, "reap", -1, &to);
    }
}

static bool publish(struct row *row, int l)
{
    int job = __builtin_ctz(row->leaders[l].jobs);
    if (row->redis.groups && !row_add_entry(row, job, row->jobs[job].crash > 0, OWNER_NEW))
        return false; /* the window is full */
    row->leaders[l].jobs &= ~(1u << job) & 7;
    if (row_is(ROW_PUBLISH_FIRST))
        row_move_jobs(row, 1u << job, JOB_READY, JOB_SENT);
    if (!row->leaders[l].jobs)
        row->leaders[l].step = LEADER_IDLE;
    return true;
}

static void count_deaths(struct row *row, unsigned jobs)
{
    for (int j = 0; j < row_bounds.jobs; j++) {
        bool there = row->jobs[j].state == JOB_READY || row->jobs[j].state == JOB_SENT;
        if (!(jobs >> j & 1) || !there || row_is(ROW_CRASH_INSIDE))
            continue;
        row->jobs[j].crash++;
        if (row->jobs[j].crash == POISON_AFTER)
            row_end_job(row, j, JOB_GONE);
    }
}

void row_lead(struct explorer *explorer, const struct row *row, int l)
{
    struct row to = *row;
    unsigned jobs = row->leaders[l].jobs;
    enum leader_step next = LEADER_IDLE;
    const char *name = "";
    switch ((enum leader_step)row->leaders[l].step) {
    case LEADER_IDLE: lead_on(explorer, row, l); return;
    case LEADER_PUBLISH:
        if (publish(&to, l))
            row_step(explorer, "publish", -1, &to);
        return;
    case LEADER_ROWS:
        name = "read streams";
        if (row->redis.groups) {
            jobs &= ~look_into(&to, false);
            next = LEADER_STREAM;
        }
        break;
    case LEADER_STREAM:
        name = "read suspects";
        if (row->redis.groups) {
            jobs &= ~look_into(&to, true);
            next = jobs ? LEADER_LOST : LEADER_IDLE;
        }
        break;
    case LEADER_LOST:
        name = "redispatch";
        row_move_jobs(&to, jobs, JOB_SENT, JOB_READY);
        break;
    case LEADER_COUNT:
        name = "count deaths";
        if (jobs & row_locked(row))
            return; /* waits for whoever works on it */
        count_deaths(&to, jobs);
        break;
    case LEADER_GROUPS:
        name = "give all back";
        if (!row_is(ROW_NO_WIPE))
            row_move_jobs(&to, 7, JOB_SENT, JOB_READY);
        next = LEADER_MARK;
        break;
    case LEADER_MARK:
        name = "mark";
        to.redis.marker = 1;
        break;
    }
    to.leaders[l].step = next;
    to.leaders[l].jobs = next == LEADER_STREAM || next == LEADER_LOST ? jobs & 7 : 0;
    row_step(explorer, name, -1, &to);
}
