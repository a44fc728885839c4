/* SPDX-License-Identifier: EUPL-1.2 */
/* One child of a worker; only for worker.c. */
#ifndef MAATWERK_QUEUE_CHILD_H
#define MAATWERK_QUEUE_CHILD_H

#include "lib/queue/worker.h"

/* Does jobs until *stopping is set or it is drained (lib/queue/drain.h). `consumer` is the name under
 * which it reads and beats. Returns its exit status. */
int child_run(const struct worker *worker, const struct config *config, const char *consumer,
              const volatile int *stopping);

/* Runs the jobs with these ids in one transaction. done[i] is set for those that need no
 * more attention: finished, put aside for later, buried, or gone. Returns false when the
 * database is away. */
struct batch {
    struct session *db;
    const struct worker *worker;
    void *own;
    bool contexts; /* the job before in this transaction has set its context */
    bool together; /* the last batch that was taken went well in one round trip */
};
bool batch_run(struct batch *batch, const int64_t *ids, int count, bool *done);

/* Takes up to `count` jobs that are ready, without Redis. Returns how many were there, -1 when the
 * database is away. */
int batch_take(struct batch *batch, int count);

#endif
