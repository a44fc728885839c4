/* SPDX-License-Identifier: EUPL-1.2 */
/* The state of jobs whose effect is in PostgreSQL: rows, streams, dispatchers, workers, and what can go
 * wrong with each. Time is left out: what waits for a time in the programs may happen here at any
 * moment. The order in a stream is left out too: any entry may be read first. */
#ifndef MAATWERK_MODEL_ROW_H
#define MAATWERK_MODEL_ROW_H

#include "tests/model/explore.h"

enum { JOBS = 3, NO_JOB = JOBS, WORKERS = 2, LEADERS = 2, ENTRIES = 4 };

enum job_state {
    JOB_ABSENT, /* not enqueued yet */
    JOB_READY,
    JOB_WAITING,
    JOB_BLOCKED,
    JOB_FINISHED,
    JOB_DEAD, /* a dead letter that blocks its lane: a person decides */
    JOB_GONE, /* cancelled, or a dead letter that does not block */
};

enum { EFFECT_ONCE = 1, EFFECT_TWICE = 2, EFFECT_OUT_OF_ORDER = 3 };

/* the owner of an entry: not read yet, a worker, a dead worker, or nobody (a ghost) */
enum owner { OWNER_NEW, OWNER_WORKER, OWNER_DEAD = OWNER_WORKER + WORKERS, OWNER_GHOST };

enum worker_step { WORKER_IDLE, WORKER_CLAIMED, WORKER_EFFECT, WORKER_COMMITTED };

enum leader_step {
    LEADER_IDLE,
    LEADER_PUBLISH, /* these jobs are ready and not carried */
    LEADER_LOOK,    /* these jobs are in the streams by priority; the suspects come next */
    LEADER_COUNT,   /* a worker died with these jobs */
    LEADER_GROUPS,  /* Redis was emptied: the groups exist again, nothing is carried */
};

/* As large as struct state. Sets of jobs are masks. */
struct row {
    struct {
        uint8_t state : 3, effects : 2, crash : 3;
    } jobs[JOBS];
    struct {
        uint8_t done : 2;  /* number of jobs of the lane that have their end, from the first */
        uint8_t begun : 1; /* a producer has the lane's lock */
        uint8_t blocked : 1, none : 4; /* how its job will start */
    } lane;
    struct {
        uint8_t known : 3; /* jobs whose entries it has read */
        uint8_t has : 3;   /* jobs in its transaction */
        uint8_t step : 2;
    } workers[WORKERS];
    uint8_t carried; /* the jobs that streams carry, as far as each leader knows; 3 bits each */
    struct {
        uint8_t step : 3, jobs : 3, none : 2;
    } leaders[LEADERS];
    struct {
        uint8_t groups : 1, marker : 1;
        uint8_t held : 6; /* jobs that each worker found locked; 3 bits each */
    } redis;
    struct {
        uint8_t there : 1, job : 2, suspect : 1, owner : 3, none : 1;
    } entries[ENTRIES];
    uint16_t faults : 13, /* the faults that have happened */
        orphans : 3;      /* jobs locked by a transaction of a dead worker */
};
_Static_assert(sizeof(struct row) == sizeof(struct state), "a row fits a state");

/* Each happens at most once. */
enum fault {
    FAULT_KILL,      /* a worker dies; PostgreSQL notices later */
    FAULT_LEADER,    /* a dispatcher dies */
    FAULT_STALE,     /* a second dispatcher believes that it leads */
    FAULT_WIPE,      /* Redis is emptied */
    FAULT_TAIL,      /* Redis forgets its last write */
    FAULT_GHOST,     /* an entry falls out of its pending list */
    FAULT_CRASH,     /* PostgreSQL crashes, or ends one session */
    FAULT_ANSWER,    /* the answer to a COMMIT is lost */
    FAULT_READ,      /* the answer of Redis to a read is lost */
    FAULT_SUSPICION, /* the heartbeat of a living worker is late */
    FAULT_RETRY,     /* a handler fails */
    FAULT_PERMANENT, /* a handler fails for good: a dead letter that blocks its lane */
    FAULT_CANCEL,    /* an operator takes a job out of the lane */
    FAULTS,
};
_Static_assert(FAULTS == 13, "each has its bit");

enum row_mutant {
    ROW_AS_IT_IS,
    ROW_NO_RECONCILE,
    ROW_GHOST_LIVE,
    ROW_EFFECT_FIRST,
    ROW_NO_LOCK,
    ROW_LANE_SHUT,
    ROW_LANE_UNLOCKED,
    ROW_LANE_HOLE,
    ROW_NO_REAP,
    ROW_FORGETFUL,
    ROW_CRASH_INSIDE,
    ROW_NOT_ALONE,
    ROW_NO_WIPE,
    ROW_ACK_FIRST,
    ROW_ACK_LOCKED,
};

/* What is explored; set before the exploration. */
struct row_bounds {
    int jobs;
    bool lane;       /* all jobs are of one lane */
    bool poison;     /* the first job kills its worker; no lane; deaths are counted */
    uint16_t faults; /* mask of the faults that may happen */
    int most_faults; /* the number of faults that may happen together */
    enum row_mutant mutant;
};
extern struct row_bounds row_bounds;

bool row_is(enum row_mutant mutant);

/* A step that leads to `to`. */
void row_step(struct explorer *explorer, const char *name, struct row *to);

/* The same for a fault; no step, when as many faults as allowed have happened. */
void row_step_fault(struct explorer *explorer, enum fault fault, struct row *to);

/* Sets of jobs: in this state; locked by a transaction; and whether the lane of the jobs is locked. */
unsigned row_jobs_in(const struct row *row, enum job_state state);
unsigned row_locked(const struct row *row);
bool row_lane_is_locked(const struct row *row);

/* Whether the job is finished or gone. */
bool row_has_end(const struct row *row, int job);

void row_take_effect(struct row *row, int job);
void row_end_job(struct row *row, int job, enum job_state end);

/* The commit of a worker: effects and ends of these jobs. The job `failed` (or NO_JOB) has no effect, and the end
 * `failure`. */
void row_finish(struct row *row, unsigned jobs, int failed, enum job_state failure);

/* Returns false when the window is full. */
bool row_add_entry(struct row *row, int job, bool suspect, int owner);

/* The jobs of the entries that a worker has read and not ended. */
unsigned row_pending_of(const struct row *row, int w);

/* The jobs that a worker found locked. Kept only where deaths are counted. */
unsigned row_held_by(const struct row *row, int w);
void row_set_held(struct row *row, int w, unsigned jobs);

/* The jobs that the streams carry, as far as this dispatcher knows. */
unsigned row_carried_by(const struct row *row, int l);
void row_set_carried(struct row *row, int l, unsigned jobs);

#endif
