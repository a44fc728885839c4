/* SPDX-License-Identifier: EUPL-1.2 */
/* Asks a worker to take no more work, so that an operator can service its machine.
 *
 *   mw:{s0}:drain:<consumer>    drains this child
 *   mw:{s0}:drain:<worker>      drains all children of the program
 *
 * The heartbeat thread of a child looks at both keys once a second. When one of them exists, the
 * child ends the jobs that it has, reads no more and exits with DRAIN_STATUS. Its supervisor starts
 * another child when the keys are gone. No attempt of a job is used up. Entries that the child
 * received and did not begin are given back through PostgreSQL.
 *
 * The keys are in Redis and expire after DRAIN_S. So after a forgotten drain, and after Redis was
 * emptied, workers work: that is the safe side. While Redis cannot be reached, a child that works
 * goes on working, and a child that is drained stays drained. */
#ifndef MAATWERK_QUEUE_DRAIN_H
#define MAATWERK_QUEUE_DRAIN_H

#include "lib/base/err.h"
#include "lib/queue/redis.h"

enum { DRAIN_S = 86400, DRAIN_STATUS = 64 };

enum drain { DRAIN_NO, DRAIN_ASKED, DRAIN_UNKNOWN /* Redis cannot be reached */ };

/* Whether this consumer or its program is drained. */
enum drain drain_look(struct redis *redis, const char *worker, const char *consumer);

/* Drains a consumer or a program (`asked`), or ends its drain. Returns false when Redis cannot be
 * reached. */
bool drain_ask(struct redis *redis, const char *name, bool asked) MUST_CHECK;

#endif
