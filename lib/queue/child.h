/* SPDX-License-Identifier: EUPL-1.2 */
/* What the files of a child share: batch.c, aside.c, lease.c, work.c, heart.c, count.c. Not for programs. */
#ifndef MAATWERK_QUEUE_CHILD_H
#define MAATWERK_QUEUE_CHILD_H

#include <pthread.h>
#include <stdatomic.h>

#include "lib/base/limits.h"
#include "lib/queue/breaker.h"
#include "lib/queue/guard.h"
#include "lib/queue/worker.h"

/* Does jobs until *stopping is set or it is drained (lib/queue/drain.h). `consumer` is the name under
 * which it reads and beats. *stopping is 1 when it has to end what it does, more when it may not wait for
 * that. Returns its exit status. */
int child_run(const struct worker *worker, const struct config *config, const char *consumer,
              struct guard *guard, const atomic_int *stopping);

enum { JOBS_MAX = 256, LEASE_MS = 6000 };

/* What a child has in hand, for its heart. */
struct running {
    pthread_mutex_t lock;
    int64_t ids[JOBS_MAX];
    int count;
    int64_t since_ms; /* when it took them */
    bool calls;       /* a call outside runs */
    struct guard *guard;
    const atomic_int *stopping;
};

/* heart.c: a thread that says that this child lives. While a call outside runs, no longer than it may,
 * it holds the leases; when a job takes more than a second, it asks whether somebody wants it to end; when
 * one takes too long, it ends the process. */
struct heart *heart_start(const struct worker *worker, const struct config *config,
                          const char *consumer, struct running *running, struct session *db);
void heart_stop(struct heart *heart);

/* Whether somebody asked this child to end (lib/queue/drain.h); known from the start. */
bool heart_drained(const struct heart *heart);

/* What one child works with. `consumer` holds the leases. */
struct batch {
    struct session *db;
    const struct worker *worker;
    const char *consumer;
    void *own;
    bool contexts; /* the job before in this transaction has set its context */
    bool together; /* the last batch that was taken went well in one round trip */
    bool lanes;    /* the last batch had jobs in lanes: their next ones may be ready */
    struct breaker breakers[LIMIT_KINDS]; /* by place in worker->kinds */
    const struct job_kind *failing;       /* is to be paused */
    struct running *running;
    struct count *count; /* lib/queue/count.h */
    int64_t from_us;     /* when the jobs at hand were taken */
};

/* What becomes of the jobs of a batch that are not put aside, in their order. */
struct sorted {
    int64_t finished[JOBS_MAX], leased[JOBS_MAX];
    size_t finished_count, leased_count;
};

/* Runs the jobs with these ids in one transaction; those with an effect outside PostgreSQL are leased
 * by it and run behind it. done[i] is set for those that need no more attention: finished, put aside
 * for later, buried, or gone. Returns false when the database is away. */
bool batch_run(struct batch *batch, const int64_t *ids, int count, bool *done);

/* Takes up to `count` jobs that are ready, without Redis. Returns how many were there, -1 when the
 * database is away. */
int batch_take(struct batch *batch, int count);

/* One row of queue_claim or queue_lease as a job. Its end is JOB_DONE when it may run, else what
 * becomes of it, with the error said. */
struct claimed {
    struct job job;
    struct work work;
    const struct job_kind *kind;
};
enum job_end claimed_read(struct batch *batch, struct arena *arena, const PGresult *rows, int row,
                          struct claimed *ret);
/* aside.c: a failed job waits for its next attempt, or is buried, as `end` says; in this plan, or at once
 * behind its savepoint. The error that is noted with it. */
void aside_add(struct plan *plan, const struct work *work, enum job_end end);
enum job_end aside_put(struct work *work, enum job_end end);
const char *aside_error(const struct work *work);

/* Whether an attempt counts: for nothing when there was an outage, or when somebody asks to wait without
 * saying how long; the first 50 times when he says it (queue.retry). */
struct str aside_delay(const struct work *work, bool later);
struct str aside_free(const struct work *work, bool later, bool outage);

/* Tells the breaker how a job ended; `error`: NULL when it was done. A job that failed before and fails
 * again says nothing new, and is not told. */
void aside_note(struct batch *batch, const struct job_kind *kind, const char *error);
/* Behind the transaction: pauses the kind of which most jobs fail. */
void aside_trip(struct batch *batch);

/* How this worker does jobs of this kind, or NULL. */
const struct job_kind *worker_kind(const struct worker *worker, const char *kind);
/* Sets municipality and kind for the statements that follow. */
void claimed_context(struct plan *plan, const struct job *job);

/* lease.c: calls outside for the rows of queue_lease, one after the other, until it has to stop. False: the
 * database is away. What is left comes back when its lease runs out. */
bool lease_run(struct batch *batch, const PGresult *rows);

#endif
