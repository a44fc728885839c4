/* SPDX-License-Identifier: EUPL-1.2 */
/* The steps of a worker: read, claim, commit effect and end, acknowledge. */
#include "tests/model/row_worker.h"

#include <string.h>

enum { POISON_AFTER = 4 };

static bool knows_suspect(const struct row *row, int w)
{
    for (int i = 0; i < ENTRIES; i++)
        if (row->entries[i].there && row->entries[i].owner == OWNER_WORKER + w
            && row->entries[i].suspect)
            return true;
    return false;
}

static void acknowledge(struct row *row, int w, unsigned jobs)
{
    for (int i = 0; i < ENTRIES; i++)
        if (row->entries[i].there && row->entries[i].owner == OWNER_WORKER + w
            && jobs >> row->entries[i].job & 1) {
            jobs &= ~(1u << row->entries[i].job);
            memset(&row->entries[i], 0, 1); /* one entry each */
        }
}

static bool is_suspect_of(const struct row *row, int w, int job)
{
    for (int i = 0; i < ENTRIES; i++)
        if (row->entries[i].there && row->entries[i].owner == OWNER_WORKER + w
            && row->entries[i].suspect && row->entries[i].job == job)
            return true;
    return false;
}

/* Notes, before the claim and for good, that it begins suspects; buries those that had enough. Returns
 * the jobs that it may run. */
static unsigned begin_suspects(struct row *row, int w, unsigned jobs)
{
    for (int j = 0; j < row_bounds.jobs; j++) {
        if (!(jobs >> j & 1) || !is_suspect_of(row, w, j) || row_is(ROW_CRASH_INSIDE))
            continue;
        if (row->jobs[j].crash < POISON_AFTER) {
            row->jobs[j].crash = (row->jobs[j].crash + 1u) & 7;
            continue;
        }
        row_end_job(row, j, JOB_GONE);
        jobs &= ~(1u << j);
    }
    return jobs;
}

void row_survive(struct row *row, int w, unsigned jobs)
{
    for (int j = 0; j < row_bounds.jobs; j++)
        if (jobs >> j & 1 && is_suspect_of(row, w, j) && row->jobs[j].crash
            && !row_is(ROW_CRASH_INSIDE))
            row->jobs[j].crash = (row->jobs[j].crash - 1u) & 7;
}

static void claim(struct explorer *explorer, const struct row *row, int w, unsigned wanted)
{
    struct row to = *row;
    unsigned waiting = row_jobs_in(row, JOB_READY);
    unsigned got = wanted & waiting & ~row_locked(row);
    if (got && row_bounds.poison && !(got = begin_suspects(&to, w, got))) {
        row_step(explorer, "bury", &to);
    } else if (got) {
        to.workers[w].has = got & 7;
        to.workers[w].step = WORKER_CLAIMED;
        if (row_is(ROW_ACK_FIRST))
            acknowledge(&to, w, got);
        row_step(explorer, "claim", &to);
    } else if (!(wanted & waiting) || row_is(ROW_ACK_LOCKED)) {
        to.workers[w].has = wanted & 7;
        to.workers[w].step = WORKER_COMMITTED;
        row_step(explorer, "not there any more", &to);
    } else if (row_bounds.poison) {
        row_set_held(&to, w, row_held_by(row, w) | wanted);
        row_step(explorer, "locked", &to);
    }
}

static bool read_entry(struct row *row, int w, int i)
{
    if (!row->entries[i].there || row->entries[i].owner != OWNER_NEW)
        return false;
    row->entries[i].owner = (OWNER_WORKER + (unsigned)w) & 7;
    row->workers[w].known |= 1u << row->entries[i].job;
    return true;
}

/* Reads one entry, or all entries of the streams by priority. Where deaths are counted, it
 * matters that a worker reads on only when its jobs are locked by others. */
static void read_on(struct explorer *explorer, const struct row *row, int w)
{
    struct row to, all = *row;
    int count = 0;
    if (!row->redis.groups || (row->workers[w].known & ~row_held_by(row, w) && row_bounds.poison))
        return;
    for (int i = 0; i < ENTRIES; i++) {
        to = *row;
        if (!read_entry(&to, w, i))
            continue;
        row_step(explorer, "read", &to);
        count += (!row->entries[i].suspect || row_is(ROW_NOT_ALONE)) && read_entry(&all, w, i);
    }
    if (count > 1)
        row_step(explorer, "read many", &all);
}

static void work_on(struct explorer *explorer, const struct row *row, int w)
{
    struct row to;
    unsigned known = row->workers[w].known, fresh = known & ~row_held_by(row, w);
    read_on(explorer, row, w);
    for (int j = 0; j < row_bounds.jobs; j++)
        if ((fresh ? fresh : known) >> j & 1)
            claim(explorer, row, w, 1u << j);
    if (fresh & (fresh - 1) && (row_is(ROW_NOT_ALONE) || !knows_suspect(row, w)))
        claim(explorer, row, w, fresh);
    if (!row->redis.groups && row_jobs_in(row, JOB_READY) & ~row_locked(row))
        claim(explorer, row, w, row_jobs_in(row, JOB_READY) & ~row_locked(row));
    if (row_pending_of(row, w) & ~known && !row_is(ROW_FORGETFUL)) {
        to = *row;
        to.workers[w].known |= row_pending_of(row, w) & 7;
        row_step(explorer, "read its own again", &to);
    }
}

void row_work(struct explorer *explorer, const struct row *row, int w)
{
    struct row to = *row;
    unsigned jobs = row->workers[w].has;
    if (row->workers[w].step == WORKER_IDLE) {
        work_on(explorer, row, w);
    } else if (row->workers[w].step == WORKER_COMMITTED) {
        acknowledge(&to, w, jobs);
        to.workers[w].known = row->workers[w].known & ~(jobs & ~row_pending_of(&to, w)) & 7;
        row_set_held(&to, w, row_held_by(row, w) & to.workers[w].known);
        to.workers[w].has = 0;
        to.workers[w].step = WORKER_IDLE;
        row_step(explorer, "acknowledge", &to);
    } else if (row_bounds.poison && jobs & 1) {
        row_kill(&to, w);
        row_step(explorer, "poison", &to);
    } else if (row_is(ROW_EFFECT_FIRST) && row->workers[w].step == WORKER_CLAIMED) {
        for (int j = 0; j < row_bounds.jobs; j++)
            if (jobs >> j & 1)
                row_take_effect(&to, j);
        to.workers[w].step = WORKER_EFFECT;
        row_step(explorer, "effect", &to);
    } else if (!row_lane_is_locked(row)) {
        row_finish(&to, jobs, NO_JOB, JOB_GONE);
        to.workers[w].step = WORKER_COMMITTED;
        row_step(explorer, "commit", &to);
    }
}

void row_kill(struct row *row, int w)
{
    for (int i = 0; i < ENTRIES; i++)
        if (row->entries[i].there && row->entries[i].owner == OWNER_WORKER + w)
            row->entries[i].owner = OWNER_DEAD;
    row_set_held(row, w, 0);
    if (row->workers[w].step != WORKER_COMMITTED)
        row->orphans |= row->workers[w].has & 7;
    memset(&row->workers[w], 0, sizeof row->workers[w]);
}
