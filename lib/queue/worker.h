/* SPDX-License-Identifier: EUPL-1.2 */
/* A program that does jobs: a supervisor and its children. Each child has one connection to
 * PostgreSQL, one to Redis, and a heartbeat. The effect and the end of a job commit together.
 * Without Redis the children take jobs from PostgreSQL.
 *
 *   read ids ─► begin, claim ─► each job: savepoint, handler ─► finish, commit ─► acknowledge
 *                 │ not there: the job is done already, acknowledge
 *                 └ locked: another worker has it, look again   └ failed: back to the savepoint,
 *                                                                 retry or dead letter
 */
#ifndef MAATWERK_QUEUE_WORKER_H
#define MAATWERK_QUEUE_WORKER_H

#include "lib/base/config.h"
#include "lib/queue/kind.h"

/* Does jobs until SIGTERM. Returns the exit status of the program.
 *
 * MAATWERK_CHILDREN says how many children there are (default 1). MAATWERK_DRAIN_MS says how
 * long, after SIGTERM, a running job may take to end (default 25,000). A job that takes longer
 * is undone and offered again, and so are all running jobs after a second SIGTERM; this does not
 * count as an attempt. */
int worker_run(const struct worker *worker);

#endif
