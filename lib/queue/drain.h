/* SPDX-License-Identifier: EUPL-1.2 */
/* A worker that is asked to stop taking work, so that its machine can be looked after.
 *
 *   mw:{s0}:drain:<consumer>    this child          mw:{s0}:drain:<worker>    all children of the program
 *
 * The heartbeat thread of a child looks at both keys once a second. When one is there the child ends
 * what it has read, reads no more and exits with DRAIN_STATUS; its supervisor starts another in its
 * place when the keys are gone. Nothing is burned: what the child had, it has ended; entries that it
 * held without having the job go back through PostgreSQL.
 *
 * The keys live in Redis, with an end (DRAIN_S): an emptied Redis and a forgotten drain both give
 * workers that work, which is the safe side. Without Redis a child goes on, and what is drained stays
 * so. */
#ifndef MAATWERK_QUEUE_DRAIN_H
#define MAATWERK_QUEUE_DRAIN_H

#include "lib/queue/redis.h"

enum { DRAIN_S = 86400, DRAIN_STATUS = 64 };

enum drain { DRAIN_NO, DRAIN_ASKED, DRAIN_UNKNOWN /* Redis is away */ };

/* Whether this consumer or its program is asked to stop. */
enum drain drain_look(struct redis *redis, const char *worker, const char *consumer);

/* Asks a consumer or program to stop, or takes that back. False: Redis is away. */
bool drain_ask(struct redis *redis, const char *name, bool asked);

#endif
