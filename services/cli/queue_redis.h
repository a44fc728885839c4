/* SPDX-License-Identifier: EUPL-1.2 */
/* What Redis knows about the queue, as JSON for a statement; and the verbs that write to Redis. */
#ifndef MAATWERK_CLI_QUEUE_REDIS_H
#define MAATWERK_CLI_QUEUE_REDIS_H

#include <libpq-fe.h>

#include "lib/base/buf.h"
#include "lib/queue/redis.h"

struct gather {
    struct arena *arena;
    struct redis *redis;
    PGconn *pg;
    const char *word; /* the first argument of the verb, or NULL */
};

/* Each returns JSON; absent, after a message on stderr, when the verb cannot go on. */
typedef struct str gatherer(struct gather *gather);

/* [{worker, consumer, alive, drain, pending, idle_ms}], per consumer and stream, and per
 * heartbeat. A drained program has one more item, without a consumer. */
gatherer gather_consumers;

/* [{stream, entry, consumer, idle_ms, deliveries}]: the entries that carry the job with number
 * `word`. */
gatherer gather_entries;

/* {unreachable, here_ms, redis_ms, ghosts, carried: [job], consumers: […]}, for the verb doctor.
 * `unreachable` says whether Redis cannot be reached. */
gatherer gather_health;

/* Drains the consumer or program `word`, or ends its drain. Returns what gather_consumers
 * returns. */
gatherer gather_drain, gather_end_drain;

#endif
