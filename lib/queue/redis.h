/* SPDX-License-Identifier: EUPL-1.2 */
/* A blocking connection to a Redis that may be unreachable. Every wait ends: after a time that is
 * longer than the longest that we ask Redis to block. A connection whose reply came too late is
 * closed and never used again. A new connection must answer at once, so that a caller that can work
 * without Redis loses little time on a Redis that hangs. */
#ifndef MAATWERK_QUEUE_REDIS_H
#define MAATWERK_QUEUE_REDIS_H

#include <hiredis/hiredis.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/base/config.h"

enum {
    REDIS_BLOCK_MS = 250,    /* the longest time that we ask Redis to block */
    REDIS_TIMEOUT_MS = 3000, /* how long we wait for a reply */
    REDIS_HELLO_MS = 200,    /* how long we wait for the first reply of a new connection */
    REDIS_AT_ONCE_MS = 5,    /* first pause between two tries to connect; it doubles */
    REDIS_AGAIN_MS = 500,    /* longest pause between two tries */
};

struct redis;

/* Uses the address and the folder of secrets of the configuration, and logs in as the program
 * ("matching"); both must stay. Connects when it is first used. */
struct redis *redis_new(const struct config *config, const char *program);
void redis_free(struct redis *redis);

/* Whether there is a connection, or a new one could be made. Tries at once after a loss, then after
 * growing pauses. */
bool redis_ready(struct redis *redis);

/* Why a command failed last, as a word: "unreachable", "full", "read-only", "cannot-save", …; NULL
 * when none has failed. Ask after a failure: it is not cleared by a success. */
const char *redis_trouble(const struct redis *redis);

/* The number of the connection. When it has changed, replies may have been lost. */
unsigned redis_generation(const struct redis *redis);

/* Runs one command; `format` is that of redisCommand(). Returns NULL when Redis cannot be reached or
 * cannot serve us now (it is full, for reading only, …); the connection is then closed. Another
 * error reply is returned as a reply. The caller frees the reply with freeReplyObject(). */
redisReply *redis_run(struct redis *redis, const char *format, ...);

/* The same for a command that is given as a list of texts. */
redisReply *redis_run_list(struct redis *redis, int count, const char **texts);

/* For many commands in one round trip: add each of them, then read one reply for each that was
 * added. Returns false when Redis cannot be reached; redis_read() then returns NULL. */
bool redis_add(struct redis *redis, const char *format, ...);
bool redis_add_list(struct redis *redis, int count, const char **texts);

/* The next reply, as redis_run() returns it. */
redisReply *redis_read(struct redis *redis);

/* Whether Redis could not be reached or refused the command. */
static inline bool redis_is_error(const redisReply *reply)
{
    return !reply || reply->type == REDIS_REPLY_ERROR;
}

#endif
