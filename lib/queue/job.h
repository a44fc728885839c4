/* SPDX-License-Identifier: EUPL-1.2 */
/* A job, and what its handler works with. */
#ifndef MAATWERK_QUEUE_JOB_H
#define MAATWERK_QUEUE_JOB_H

#include <cjson/cJSON.h>

#include "lib/db/session.h"

struct job {
    int64_t id;
    int32_t tenant;
    const char *kind;
    int attempt;          /* number of failed attempts before this one */
    int version;          /* of the payload: the version of queue.kind when the job was written */
    int32_t timeout_ms;   /* the longest time that it may take (lib/queue/guard.h) */
    struct str text;      /* the payload as it is written, */
    const cJSON *payload; /* an object */
};

struct work {
    struct ctx ctx;
    struct session *db;
    const struct job *job;
    void *own;         /* the result of `start` of the worker */
    const char *error; /* set by a handler that fails: a code, never data */
    int later_ms;      /* set together with JOB_LATER or CALL_LATER; 0: the delay of the kind */
    bool in_context;   /* the transaction already has the context of this municipality and kind */
    bool begun;        /* context and savepoint have been sent */
};

/* How an attempt of a job ends. Only handlers return it, and the functions of lib/queue that
 * call them. */
enum job_end {
    JOB_DONE,
    JOB_RETRY,  /* The job is tried again later. It counts as an attempt. */
    JOB_LATER,  /* The other side asks us to wait (429). It does not count as an attempt; when the
                        other side says how long, only the first 50 times are free. */
    JOB_OUTAGE, /* Something outside that the job needs is down. It does not count as an attempt. */
    JOB_PERMANENT,   /* The job can never be done: it becomes a dead letter. */
    JOB_UNAVAILABLE, /* The database cannot be reached, or the transaction must run again. It does not
                        count as an attempt. */
};

/* A new plan for this job. The first plan of a job begins with its context and savepoint. */
struct plan work_plan(struct work *work);

/* Runs the plan. Returns JOB_DONE, or what the handler must return: JOB_UNAVAILABLE, or
 * JOB_RETRY with work->error set. */
enum job_end work_run(struct work *work, struct plan *plan) MUST_CHECK;

/* Adds the statement that sets municipality and kind of this job for the statements after it. */
void job_add_context(struct plan *plan, const struct job *job);

/* The text of a property of the payload; absent when there is no such property or it is no text. */
struct str job_text(const struct job *job, const char *name);

#endif
