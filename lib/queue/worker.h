/* SPDX-License-Identifier: EUPL-1.2 */
/* A program that does jobs: a supervisor and its children, each with one connection to PostgreSQL,
 * one to Redis, and a heartbeat. Effect and end of a job commit together; without Redis the
 * children take jobs from PostgreSQL.
 *
 *   read ids ─► begin, claim ─► each job: savepoint, handler ─► finish, commit ─► acknowledge
 *                 │ not there: done already, acknowledge  └ failed: back to the savepoint, retry or bury
 *                 └ locked: somebody has it, look again
 */
#ifndef MAATWERK_QUEUE_WORKER_H
#define MAATWERK_QUEUE_WORKER_H

#include <cjson/cJSON.h>

#include "lib/db/session.h"
#include "lib/server/config.h"

struct job {
    int64_t id;
    int32_t tenant;
    const char *kind;
    int attempt;          /* failed attempts before this one */
    int version;          /* of the payload: what queue.kind said when it was written */
    int32_t timeout_ms;   /* how long it may take (lib/queue/guard.h) */
    const cJSON *payload; /* an object */
};

/* What a handler works with. */
struct work {
    struct ctx ctx;
    struct session *db;
    const struct job *job;
    void *own;         /* what `start` of the worker made */
    const char *error; /* said by a handler that fails: a code, never data */
    int later_ms;      /* said with JOB_LATER or CALL_LATER; 0: as its kind says */
    bool in_context;   /* the transaction has the context of this municipality and kind already */
    bool begun;        /* context and savepoint have been sent */
};

enum job_end {
    JOB_DONE,
    JOB_RETRY, /* try again later; counts as an attempt */
    JOB_LATER, /* somebody asks to wait (429): counts for nothing, the first 50 times when he says how long */
    JOB_OUTAGE,    /* what it needs outside is down: counts for nothing */
    JOB_PERMANENT, /* never again: a dead letter */
    JOB_AWAY,      /* the database is away, or wants the transaction again: no attempt is burned */
};

/* A call to somebody outside, and what is known of it. */
struct call {
    char key[48];        /* for the provider: the same over all attempts of this job */
    bool again;          /* it was begun before, and nobody knows what came of it */
    char reference[201]; /* CALL_DONE: what the provider says, to find it back */
};

enum call_end {
    CALL_DONE,
    CALL_NOT_MADE, /* surely not; another attempt later */
    CALL_LATER,    /* surely not; somebody asks to wait */
    CALL_OUTAGE,   /* surely not: there is nobody to call */
    CALL_REFUSED,  /* surely not, and never will be: a dead letter */
    CALL_UNKNOWN,  /* perhaps: no answer after it was sent */
};

/* An effect outside PostgreSQL (a letter, an e-mail, a call), done under a lease:
 *
 *   lease ─► note that it begins (committed) ─► call ─► business rows and end: one transaction
 *
 * After a death in between nobody knows what came of the call. A provider that knows keys is called
 * again with the same one, one that can be asked is asked; else a person decides: the job becomes a
 * dead letter, `uncertain`. */
struct job_call {
    enum call_end (*call)(struct work *work, struct call *call);
    enum call_end (*ask)(struct work *work, struct call *call); /* what came of it; or NULL */
    bool keyed; /* the provider does a call with the same key only once */
    /* Adds what is to be stored once it was done; may be NULL. */
    void (*store)(struct work *work, const struct call *call, struct plan *plan);
};

/* How a kind of job is done: by one of these. */
struct job_kind {
    const char *kind;
    int version; /* the newest payload that it knows; a newer one waits for a newer program */
    /* Adds the statements of the effect; no I/O. All such jobs of a batch travel together in one
     * round trip. What a job added that does not return JOB_DONE is left out. */
    enum job_end (*plan)(struct work *work, struct plan *plan);
    /* Reads and writes by itself, inside the transaction (work_plan, work_run). */
    enum job_end (*run)(struct work *work);
    /* Has its effect outside PostgreSQL. */
    const struct job_call *call;
};

struct worker {
    const char *name; /* "matching": login role, streams and log */
    const struct job_kind *kinds;
    size_t kinds_count;
    int batch_max; /* jobs per transaction, 256 at most; an entry of a stream may bring five */
    void *(*start)(void); /* makes `own` of a child; NULL when there is nothing */
};

/* Runs until SIGTERM; returns the exit status. MAATWERK_CHILDREN: how many children (1).
 * MAATWERK_DRAIN_MS: how long a job that runs may take to its end then (25,000); one that takes longer,
 * or a second SIGTERM, and it is undone and offered again. Nothing counts against it. */
int worker_run(const struct worker *worker);

/* A plan for the job at hand; the first one begins with its context and savepoint. */
struct plan work_plan(struct work *work);

/* Runs it. OK, or what the handler returns: JOB_AWAY or JOB_RETRY with the error said. */
enum job_end work_run(struct work *work, struct plan *plan) MUST_CHECK;

/* The text of a property of the payload, or absent. */
struct str job_text(const struct job *job, const char *name);

#endif
