/* SPDX-License-Identifier: EUPL-1.2 */
/* A blocking connection to Redis that may be away. Every wait has an end on our side, longer
 * than the longest that we ask Redis to block; a connection that answered late is closed,
 * never trusted again. A new one must answer at once, so that whoever has another way to work loses
 * little time on a Redis that hangs. */
#ifndef MAATWERK_QUEUE_REDIS_H
#define MAATWERK_QUEUE_REDIS_H

#include <hiredis/hiredis.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
    REDIS_BLOCK_MS = 250,
    REDIS_TIMEOUT_MS = 3000,
    REDIS_HELLO_MS = 200,
    REDIS_AT_ONCE_MS = 5, /* between two tries to connect, at first */
    REDIS_AGAIN_MS = 500, /* at most */
};

struct redis;

/* `address`: unix:/path or host:port; must stay. Connects when used. */
struct redis *redis_new(const char *address);
void redis_free(struct redis *redis);

/* Whether there is a connection, or could be made. Tries at once, then at growing distances. */
bool redis_ready(struct redis *redis);

/* The number of the connection: another one than before says that answers may have been lost. */
unsigned redis_generation(const struct redis *redis);

/* Runs one command as in redisCommand(). NULL: Redis is away; the connection is closed. An error
 * reply is given as such. The caller frees with freeReplyObject(). */
redisReply *redis_run(struct redis *redis, const char *format, ...);

/* The same for a command as a list of texts. */
redisReply *redis_run_list(struct redis *redis, int count, const char **texts);

/* For many commands in one round trip: add them, then read one reply for each. */
bool redis_add(struct redis *redis, const char *format, ...);
bool redis_add_list(struct redis *redis, int count, const char **texts);
redisReply *redis_read(struct redis *redis);

static inline bool redis_is_error(const redisReply *reply)
{
    return !reply || reply->type == REDIS_REPLY_ERROR;
}

#endif
