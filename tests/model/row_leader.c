/* SPDX-License-Identifier: EUPL-1.2 */
/* The steps of a dispatcher: publish, look into the streams, reap, and begin again after Redis
 * was emptied. */
#include "tests/model/row_leader.h"

#include <string.h>

/* The jobs with a live entry in the streams by priority, or among the suspects. Ghosts are
 * removed. */
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

unsigned row_reap(struct row *row, int l, int owner)
{
    unsigned jobs = 0;
    for (int i = 0; i < ENTRIES; i++)
        if (row->entries[i].there && row->entries[i].owner == owner) {
            jobs |= 1u << row->entries[i].job;
            memset(&row->entries[i], 0, 1);
        }
    unsigned counted = row_bounds.poison ? jobs & row_carried_by(row, l) : 0;
    row->leaders[l].step = counted ? LEADER_COUNT : LEADER_IDLE;
    row->leaders[l].jobs = counted & 7;
    row_set_carried(row, l, row_carried_by(row, l) & ~jobs);
    return jobs;
}

/* The jobs that have an entry, alive or not. */
static unsigned in_streams(const struct row *row)
{
    unsigned jobs = 0;
    for (int i = 0; i < ENTRIES; i++)
        jobs |= row->entries[i].there ? 1u << row->entries[i].job : 0;
    return jobs;
}

static void lead_on(struct explorer *explorer, const struct row *row, int l)
{
    struct row to = *row;
    unsigned carried = row_carried_by(row, l), fresh = row_jobs_in(row, JOB_READY) & ~carried;
    if (!row->redis.marker) {
        to.redis.groups = 1;
        to.leaders[l].step = LEADER_GROUPS;
        row_step(explorer, "groups anew", &to);
        return;
    }
    if (fresh) {
        to.leaders[l].step = LEADER_PUBLISH;
        to.leaders[l].jobs = fresh & 7;
        row_step(explorer, "pick", &to);
    }
    to = *row;
    if (carried & ~in_streams(row)) {
        row_set_carried(&to, l, carried & in_streams(row));
        row_step(explorer, "trim", &to);
    }
    to = *row;
    if (!row_is(ROW_NO_RECONCILE) && row->redis.groups) {
        to.leaders[l].jobs = look_into(&to, false) & 7;
        to.leaders[l].step = LEADER_LOOK;
        row_step(explorer, "look", &to);
    }
    to = *row;
    if (!row_is(ROW_NO_REAP) && row_reap(&to, l, OWNER_DEAD))
        row_step(explorer, "reap", &to);
}

static bool publish(struct row *row, int l)
{
    int job = __builtin_ctz(row->leaders[l].jobs);
    if (row->redis.groups && !row_add_entry(row, job, row->jobs[job].crash > 0, OWNER_NEW))
        return false; /* the window is full */
    row->leaders[l].jobs &= ~(1u << job) & 7;
    if (row->redis.groups)
        row_set_carried(row, l, row_carried_by(row, l) | 1u << job);
    if (!row->leaders[l].jobs)
        row->leaders[l].step = LEADER_IDLE;
    return true;
}

/* Redis says that a worker died with them: they run alone from now on. */
static void suspect(struct row *row, unsigned jobs)
{
    for (int j = 0; j < row_bounds.jobs; j++)
        if (jobs >> j & 1 && row->jobs[j].state == JOB_READY && !row->jobs[j].crash)
            row->jobs[j].crash = 1;
}

void row_lead(struct explorer *explorer, const struct row *row, int l)
{
    struct row to = *row;
    unsigned jobs = row->leaders[l].jobs;
    const char *name = "";
    switch ((enum leader_step)row->leaders[l].step) {
    case LEADER_IDLE: lead_on(explorer, row, l); return;
    case LEADER_PUBLISH:
        if (publish(&to, l))
            row_step(explorer, "publish", &to);
        return;
    case LEADER_LOOK:
        name = "look at the suspects";
        if (row->redis.groups)
            row_set_carried(&to, l, jobs | look_into(&to, true));
        break;
    case LEADER_COUNT:
        name = "suspect";
        if (jobs & row_locked(row))
            return; /* waits for the worker that has it locked */
        suspect(&to, jobs);
        break;
    case LEADER_GROUPS:
        name = "nothing is carried";
        if (!row_is(ROW_NO_WIPE))
            row_set_carried(&to, l, 0);
        to.redis.marker = 1;
        break;
    }
    memset(&to.leaders[l], 0, 1);
    row_step(explorer, name, &to);
}
