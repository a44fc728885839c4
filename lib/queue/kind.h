/* SPDX-License-Identifier: EUPL-1.2 */
/* The kinds of job that a program does, and how it does each of them. */
#ifndef MAATWERK_QUEUE_KIND_H
#define MAATWERK_QUEUE_KIND_H

#include "lib/queue/job.h"

/* A call to another system, and what is known about it. */
struct call {
    char key[48];        /* for the provider: the same in all attempts of this job */
    bool again;          /* an earlier attempt began this call, and its result is not known */
    char reference[201]; /* with CALL_DONE: the reference of the provider, to find the call again */
};

enum call_end {
    CALL_DONE,
    CALL_NOT_MADE, /* The call was certainly not made. Another attempt follows later. */
    CALL_LATER,    /* The call was certainly not made. The other side asks us to wait. */
    CALL_OUTAGE,   /* The call was certainly not made: the other side cannot be reached. */
    CALL_REFUSED,  /* The call was not made and never will be: the job becomes a dead letter. */
    CALL_UNKNOWN,  /* Perhaps the call was made: it was sent, and no answer came. */
};

/* How a job of a kind calls another system (a letter, an e-mail, a call). It does so under a lease:
 *
 *   lease ─► note that the call begins (committed) ─► call ─► business rows and end: one transaction
 *
 * When the worker dies in between, the result of the call is not known. A provider that
 * recognises keys is called again with the same key; a provider that can be asked is asked.
 * Otherwise a person decides: the job becomes a dead letter with reason `uncertain`. */
struct job_call {
    enum call_end (*call)(struct work *work, struct call *call);
    enum call_end (*ask)(struct work *work, struct call *call); /* asks for the result; or NULL */
    bool keyed; /* the provider makes a call with the same key only once */
    /* Adds the statements that store the result of a call that was made. May be NULL. */
    void (*store)(struct work *work, const struct call *call, struct plan *plan);
};

/* How jobs of one kind are done: exactly one of `plan`, `run` and `call` is set. */
struct job_kind {
    const char *kind;
    int version; /* the newest payload that this program knows; 0 means 1. A job with a newer payload
                    waits for a newer program. */
    /* Adds the statements of the effect; does no I/O. All such jobs of a batch travel together in one
     * round trip. When it does not return JOB_DONE, the statements that it added are left out. */
    enum job_end (*plan)(struct work *work, struct plan *plan);
    /* Reads and writes inside the transaction, with work_plan() and work_run(). */
    enum job_end (*run)(struct work *work);
    /* Has its effect outside PostgreSQL. */
    const struct job_call *call;
};

/* A program that does jobs. */
struct worker {
    const char *name; /* "matching": names its login role, its streams and its log lines */
    const struct job_kind *kinds;
    size_t kinds_count;
    int batch_max; /* jobs per transaction, at most 256; one entry of a stream may bring five */
    void *(*start)(void); /* makes `own` of each child; NULL when a child needs nothing */
    /* What each child does beside its jobs: called between two batches, and a few times a second while there are
     * none. NULL when there is nothing. It must be quick. */
    void (*beside)(void *own, struct session *db);
};

/* How this worker does jobs of this kind, or NULL when it does not know the kind. */
const struct job_kind *kind_find(const struct worker *worker, const char *kind);

#endif
