/* SPDX-License-Identifier: EUPL-1.2 */
/* Each fault, at any moment, in every way in which it can happen. */
#include "tests/model/row_fault.h"

#include <string.h>

#include "tests/model/row_leader.h"
#include "tests/model/row_worker.h"

static bool may(const struct row *row, enum fault fault)
{
    return row_bounds.faults >> fault & 1 && !(row->faults >> fault & 1);
}

/* Redis cannot be reached for a moment: the worker forgets the entries that it has read. */
static void forget(struct row *row, int w)
{
    if (row->workers[w].step == WORKER_IDLE) {
        row->workers[w].known = 0;
        row_set_held(row, w, 0);
    }
}

static bool is_working(const struct row *row, int w)
{
    return row->workers[w].step == WORKER_CLAIMED || row->workers[w].step == WORKER_EFFECT;
}

static void roll_back(struct row *row, int w)
{
    if (!is_working(row, w))
        return;
    if (row_bounds.poison)
        row_survive(row, w, row->workers[w].has);
    row->workers[w].step = WORKER_IDLE;
    row->workers[w].has = 0;
}

static void worker_faults(struct explorer *explorer, const struct row *row, int w)
{
    struct row to = *row;
    bool busy =
        row->workers[w].step != WORKER_IDLE || row->workers[w].known || row_pending_of(row, w);
    if (may(row, FAULT_KILL) && busy && !row->orphans) {
        row_kill(&to, w);
        row_step_fault(explorer, FAULT_KILL, &to);
    }
    to = *row;
    if (may(row, FAULT_SUSPICION) && row_pending_of(row, w)
        && row->leaders[0].step == LEADER_IDLE) {
        row_reap(&to, 0, OWNER_WORKER + w);
        row_step_fault(explorer, FAULT_SUSPICION, &to);
    }
    to = *row;
    if (may(row, FAULT_CRASH) && is_working(row, w)) {
        roll_back(&to, w);
        row_step_fault(explorer, FAULT_CRASH, &to);
    }
    for (int i = 0; i < ENTRIES && may(row, FAULT_READ) && row->redis.groups; i++) {
        to = *row;
        if (!row->entries[i].there || row->entries[i].owner != OWNER_NEW
            || row->workers[w].step != WORKER_IDLE)
            continue;
        to.entries[i].owner = (OWNER_WORKER + (unsigned)w) & 7;
        forget(&to, w);
        row_step_fault(explorer, FAULT_READ, &to);
    }
}

/* The possible results of a commit. */
static void commit_faults(struct explorer *explorer, const struct row *row, int w)
{
    unsigned jobs = row->workers[w].has;
    bool poison = row_bounds.poison && jobs & 1;
    if (!is_working(row, w) || poison || row_lane_is_locked(row))
        return;
    struct row to = *row;
    bool without = row_is(ROW_EFFECT_FIRST) && row->workers[w].step == WORKER_CLAIMED;
    if (may(row, FAULT_ANSWER) && !without) {
        row_finish(&to, jobs, NO_JOB, JOB_GONE);
        to.workers[w].step = WORKER_IDLE;
        to.workers[w].has = 0;
        row_step_fault(explorer, FAULT_ANSWER, &to);
    }
    for (int j = 0; j < row_bounds.jobs; j++) {
        if (!(jobs >> j & 1) || row->workers[w].step != WORKER_CLAIMED)
            continue;
        to = *row;
        if (row_bounds.poison)
            row_survive(&to, w, 1u << j);
        row_finish(&to, jobs, j, JOB_WAITING);
        to.workers[w].step = WORKER_COMMITTED;
        if (may(row, FAULT_RETRY))
            row_step_fault(explorer, FAULT_RETRY, &to);
        to = *row;
        row_finish(&to, jobs, j, JOB_DEAD);
        to.workers[w].step = WORKER_COMMITTED;
        if (may(row, FAULT_PERMANENT))
            row_step_fault(explorer, FAULT_PERMANENT, &to);
    }
}

static void after_restart(struct explorer *explorer, enum fault fault, struct row *to)
{
    struct row forgetful = *to;
    for (int w = 0; w < WORKERS; w++)
        forget(&forgetful, w);
    row_step_fault(explorer, fault, &forgetful);
    row_step_fault(explorer, fault, to);
}

/* The last write of Redis is undone: an entry that was added, read, moved or acknowledged. */
static void lose_tail(struct explorer *explorer, const struct row *row)
{
    for (int i = 0; i < ENTRIES; i++) {
        struct row to = *row;
        if (!row->entries[i].there)
            continue;
        memset(&to.entries[i], 0, 1);
        after_restart(explorer, FAULT_TAIL, &to);
        to = *row;
        to.entries[i].owner = OWNER_NEW;
        after_restart(explorer, FAULT_TAIL, &to);
        to = *row;
        to.entries[i].owner = OWNER_DEAD;
        to.entries[i].suspect = 0;
        after_restart(explorer, FAULT_TAIL, &to);
    }
    for (int j = 0; j < row_bounds.jobs; j++)
        for (int owner = OWNER_NEW; owner <= OWNER_DEAD; owner++) {
            struct row to = *row;
            if (row->jobs[j].state != JOB_ABSENT && row_add_entry(&to, j, false, owner))
                after_restart(explorer, FAULT_TAIL, &to);
        }
}

static void redis_faults(struct explorer *explorer, const struct row *row)
{
    struct row to = *row;
    if (may(row, FAULT_WIPE)) {
        memset(to.entries, 0, sizeof to.entries);
        to.redis.groups = to.redis.marker = 0;
        after_restart(explorer, FAULT_WIPE, &to);
    }
    if (may(row, FAULT_TAIL) && row->redis.groups)
        lose_tail(explorer, row);
    for (int i = 0; i < ENTRIES && may(row, FAULT_GHOST); i++) {
        to = *row;
        if (!row->entries[i].there || row->entries[i].owner == OWNER_NEW
            || row->entries[i].owner == OWNER_GHOST)
            continue;
        to.entries[i].owner = OWNER_GHOST;
        row_step_fault(explorer, FAULT_GHOST, &to);
    }
}

/* Every transaction is rolled back; workers and dispatchers begin again. */
static void crash(struct explorer *explorer, const struct row *row)
{
    struct row to = *row;
    for (int w = 0; w < WORKERS; w++)
        roll_back(&to, w);
    for (int l = 0; l < LEADERS; l++)
        if (row->leaders[l].step != LEADER_PUBLISH)
            memset(&to.leaders[l], 0, 1);
    to.orphans = 0;
    to.lane.begun = to.lane.blocked = 0;
    row_step_fault(explorer, FAULT_CRASH, &to);
}

static void leader_faults(struct explorer *explorer, const struct row *row)
{
    for (int l = 0; l < LEADERS && may(row, FAULT_LEADER); l++) {
        struct row to = *row;
        if (row->leaders[l].step == LEADER_IDLE && !row_carried_by(row, l))
            continue;
        memset(&to.leaders[l], 0, 1);
        row_set_carried(&to, l, 0);
        row_step_fault(explorer, FAULT_LEADER, &to);
    }
    struct row to = *row;
    if (may(row, FAULT_STALE))
        row_step_fault(explorer, FAULT_STALE, &to);
}

void row_faults(struct explorer *explorer, const struct row *row)
{
    for (int w = 0; w < WORKERS; w++) {
        worker_faults(explorer, row, w);
        commit_faults(explorer, row, w);
    }
    redis_faults(explorer, row);
    leader_faults(explorer, row);
    if (may(row, FAULT_CRASH))
        crash(explorer, row);
    for (int j = 0; j < row_bounds.jobs && may(row, FAULT_CANCEL) && !row_lane_is_locked(row);
         j++) {
        struct row to = *row;
        unsigned state = row->jobs[j].state;
        if (state < JOB_READY || state > JOB_BLOCKED || row_locked(row) >> j & 1)
            continue;
        row_end_job(&to, j, JOB_GONE);
        row_step_fault(explorer, FAULT_CANCEL, &to);
    }
}
