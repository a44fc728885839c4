/* SPDX-License-Identifier: EUPL-1.2 */
/* Reading and changing a row; the transactions of PostgreSQL that several parties use. */
#include "tests/model/row.h"

#include <string.h>

struct row_bounds row_bounds;

static const char *const fault_names[FAULTS] = {
    [FAULT_KILL] = "kill",          [FAULT_LEADER] = "dispatcher",
    [FAULT_STALE] = "stale-leader", [FAULT_WIPE] = "wipe",
    [FAULT_TAIL] = "lost-tail",     [FAULT_GHOST] = "ghost",
    [FAULT_CRASH] = "crash",        [FAULT_ANSWER] = "lost-commit",
    [FAULT_READ] = "lost-read",     [FAULT_SUSPICION] = "suspicion",
    [FAULT_RETRY] = "retry",        [FAULT_PERMANENT] = "permanent",
    [FAULT_CANCEL] = "cancel",
};

bool row_is(enum row_mutant mutant)
{
    return row_bounds.mutant == mutant;
}

bool row_has_end(const struct row *row, int job)
{
    return row->jobs[job].state == JOB_FINISHED || row->jobs[job].state == JOB_GONE;
}

unsigned row_locked(const struct row *row)
{
    unsigned locked = row->orphans;
    for (int w = 0; w < WORKERS; w++)
        if (row->workers[w].step == WORKER_CLAIMED || row->workers[w].step == WORKER_EFFECT)
            locked |= row->workers[w].has;
    return row_is(ROW_NO_LOCK) ? 0 : locked;
}

bool row_lane_is_locked(const struct row *row)
{
    return row_bounds.lane && row->lane.begun && !row_is(ROW_LANE_UNLOCKED);
}

/* The order of entries does not matter, workers are alike, and so are rival dispatchers: of the states
 * that differ only in that, one is explored. */
static void sort_entries(struct row *row)
{
    uint8_t *at = (uint8_t *)row->entries;
    for (int i = 1; i < ENTRIES; i++)
        for (int j = i; j > 0 && at[j - 1] < at[j]; j--) {
            uint8_t other = at[j];
            at[j] = at[j - 1];
            at[j - 1] = other;
        }
}

static void normalize(struct row *row)
{
    struct row other = *row;
    uint8_t leaders[LEADERS];
    memcpy(leaders, row->leaders, sizeof leaders);
    unsigned first = leaders[0] * 8u + row_carried_by(row, 0);
    unsigned second = leaders[1] * 8u + row_carried_by(row, 1);
    if (second > first && row->faults & 1u << FAULT_STALE) {
        other.leaders[0] = row->leaders[1];
        other.leaders[1] = row->leaders[0];
        row_set_carried(&other, 0, row_carried_by(row, 1));
        row_set_carried(&other, 1, row_carried_by(row, 0));
        *row = other;
    }
    other.workers[0] = row->workers[1];
    other.workers[1] = row->workers[0];
    for (int i = 0; i < ENTRIES; i++)
        if (row->entries[i].owner == OWNER_WORKER || row->entries[i].owner == OWNER_WORKER + 1)
            other.entries[i].owner = OWNER_WORKER + OWNER_WORKER + 1 - row->entries[i].owner;
    other.redis.held = (unsigned)(row->redis.held >> 3 | row->redis.held << 3) & 63;
    sort_entries(row);
    sort_entries(&other);
    if (memcmp(&other, row, sizeof other) > 0)
        *row = other;
}

void row_step(struct explorer *explorer, const char *name, struct row *to)
{
    normalize(to);
    explore_step(explorer, name, false, to);
}

void row_step_fault(struct explorer *explorer, enum fault fault, struct row *to)
{
    if (__builtin_popcount(to->faults) >= row_bounds.most_faults)
        return;
    to->faults |= 1u << fault;
    normalize(to);
    explore_step(explorer, fault_names[fault], true, to);
}

bool row_add_entry(struct row *row, int job, bool suspect, int owner)
{
    for (int i = 0; i < ENTRIES; i++)
        if (!row->entries[i].there) {
            row->entries[i].there = 1;
            row->entries[i].job = (unsigned)job & 3;
            row->entries[i].suspect = suspect;
            row->entries[i].owner = (unsigned)owner & 7;
            return true;
        }
    return false;
}

static void open_lane(struct row *row, int passed)
{
    int inserted = 0, first = 0;
    while (inserted < row_bounds.jobs && row->jobs[inserted].state != JOB_ABSENT)
        inserted++;
    while (first < inserted && row_has_end(row, first))
        first++;
    if (row_is(ROW_LANE_HOLE))
        first = row->lane.done == passed ? passed + 1 : row->lane.done;
    row->lane.done = (unsigned)first & 3;
    if (first < row_bounds.jobs && row->jobs[first].state == JOB_BLOCKED)
        row->jobs[first].state = JOB_READY;
}

void row_end_job(struct row *row, int job, enum job_state end)
{
    row->jobs[job].state = end & 7;
    if (row_bounds.lane && end != JOB_DEAD && !row_is(ROW_LANE_SHUT))
        open_lane(row, job);
}

void row_take_effect(struct row *row, int job)
{
    bool early = false;
    for (int i = 0; row_bounds.lane && i < job; i++)
        early = early || !row_has_end(row, i);
    if (row->jobs[job].effects)
        row->jobs[job].effects = EFFECT_TWICE;
    else
        row->jobs[job].effects = early ? EFFECT_OUT_OF_ORDER : EFFECT_ONCE;
}

void row_finish(struct row *row, unsigned jobs, int failed, enum job_state failure)
{
    for (int j = 0; j < row_bounds.jobs; j++) {
        if (!(jobs >> j & 1))
            continue;
        bool there = row->jobs[j].state == JOB_READY;
        if (j == failed && failure == JOB_WAITING)
            row->jobs[j].state = JOB_WAITING;
        else if (j == failed)
            row_end_job(row, j, failure);
        else {
            if (!row_is(ROW_EFFECT_FIRST))
                row_take_effect(row, j);
            if (there)
                row_end_job(row, j, JOB_FINISHED);
        }
    }
}

unsigned row_jobs_in(const struct row *row, enum job_state state)
{
    unsigned jobs = 0;
    for (int j = 0; j < row_bounds.jobs; j++)
        jobs |= (unsigned)(row->jobs[j].state == state) << j;
    return jobs;
}

unsigned row_carried_by(const struct row *row, int l)
{
    return row->carried >> 3 * l & 7u;
}

void row_set_carried(struct row *row, int l, unsigned jobs)
{
    row->carried = (uint8_t)((row->carried & ~(7u << 3 * l)) | (jobs & 7u) << 3 * l);
}

unsigned row_held_by(const struct row *row, int w)
{
    return row->redis.held >> 3 * w & 7u;
}

void row_set_held(struct row *row, int w, unsigned jobs)
{
    row->redis.held = (row->redis.held & ~(7u << 3 * w)) | (jobs & 7u) << 3 * w;
}

unsigned row_pending_of(const struct row *row, int w)
{
    unsigned jobs = 0;
    for (int i = 0; i < ENTRIES; i++)
        if (row->entries[i].there && row->entries[i].owner == OWNER_WORKER + w)
            jobs |= 1u << row->entries[i].job;
    return jobs;
}
