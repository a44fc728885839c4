/* SPDX-License-Identifier: EUPL-1.2 */
/* What Redis knows of the queue, as JSON that a statement makes rows of; and the verbs that write
 * to Redis. */
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

/* Each gives JSON, or absent with a message on stderr when the verb cannot go on. */
typedef struct str gatherer(struct gather *gather);

/* [{worker, consumer, alive, drain, pending, idle_ms}] per consumer and stream, and per
 * heartbeat; a drained program is there once more, without a consumer. */
gatherer gather_consumers;

/* [{stream, entry, consumer, idle_ms, deliveries}]: where the job with number `word` is carried. */
gatherer gather_entries;

/* {away, here_ms, redis_ms, ghosts, carried: [job], consumers: […]} for the doctor. */
gatherer gather_health;

/* Asks the consumer or program `word` to stop, or takes that back; then as gather_consumers. */
gatherer gather_drain, gather_end_drain;

#endif
