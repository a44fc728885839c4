/* SPDX-License-Identifier: EUPL-1.2 */
/* What a child does its jobs with: one connection to PostgreSQL, one breaker per kind, one set
 * of figures. A child has one executor for as long as it lives. */
#ifndef MAATWERK_QUEUE_EXECUTOR_H
#define MAATWERK_QUEUE_EXECUTOR_H

#include "lib/base/limits.h"
#include "lib/queue/breaker.h"
#include "lib/queue/count.h"
#include "lib/queue/kind.h"
#include "lib/queue/running.h"

struct executor {
    struct session *db;
    const struct worker *worker;
    const char *consumer; /* the name under which the child reads streams and holds leases */
    void *own;            /* the result of `start` of the worker */
    struct running *running;
    struct count *count;
    struct breaker breakers[LIMIT_KINDS]; /* by place in worker->kinds */
    const struct job_kind *failing;       /* most jobs of this kind fail: it must be paused */
};

/* Tells the breaker of the kind how a job ended; `error` is NULL when the job was done. A NULL
 * kind is ignored. Do not tell it about a job that had failed before and fails again: that says
 * nothing new. */
void executor_note(struct executor *executor, const struct job_kind *kind, const char *error);

/* Pauses the kind that is failing, if there is one. Call it after the transaction has ended. */
void executor_pause_failing(struct executor *executor);

#endif
