/* SPDX-License-Identifier: EUPL-1.2 */
/* hiredis, connecting again after each loss. */
#include "lib/queue/redis.h"

#include <stdarg.h>

#include "lib/base/clock.h"

struct redis {
    const char *address;
    redisContext *context;
    int64_t again_ms;
    int pause_ms; /* before the next try; doubles with each try */
    unsigned generation;
};

struct redis *redis_new(const char *address)
{
    struct redis *redis = calloc(1, sizeof *redis);
    if (!redis)
        abort();
    redis->address = address;
    redis->pause_ms = REDIS_AT_ONCE_MS;
    return redis;
}

static void lose(struct redis *redis)
{
    if (redis->context)
        redisFree(redis->context);
    redis->context = NULL;
    redis->again_ms = clock_ms() + redis->pause_ms;
    int doubled = 2 * redis->pause_ms;
    redis->pause_ms = doubled < REDIS_AGAIN_MS ? doubled : REDIS_AGAIN_MS;
}

void redis_free(struct redis *redis)
{
    lose(redis);
    free(redis);
}

static redisContext *connect_to(const char *address, struct timeval limit)
{
    if (strncmp(address, "unix:", 5) == 0)
        return redisConnectUnixWithTimeout(address + 5, limit);
    char host[256];
    const char *colon = strrchr(address, ':');
    size_t length = colon ? (size_t)(colon - address) : strlen(address);
    if (length >= sizeof host)
        return NULL;
    memcpy(host, address, length);
    host[length] = 0;
    return redisConnectWithTimeout(host, colon ? (int)strtol(colon + 1, NULL, 10) : 6379, limit);
}

static struct timeval limit_of(int ms)
{
    return (struct timeval){ms / 1000, ms % 1000 * 1000};
}

static bool says_hello(redisContext *context)
{
    if (!context || context->err || redisSetTimeout(context, limit_of(REDIS_HELLO_MS)) != REDIS_OK)
        return false;
    redisReply *reply = redisCommand(context, "PING");
    bool said = !redis_is_error(reply);
    if (reply)
        freeReplyObject(reply);
    return said && redisSetTimeout(context, limit_of(REDIS_TIMEOUT_MS)) == REDIS_OK;
}

bool redis_ready(struct redis *redis)
{
    if (redis->context)
        return true;
    if (clock_ms() < redis->again_ms)
        return false;
    redis->context = connect_to(redis->address, limit_of(REDIS_HELLO_MS));
    if (!says_hello(redis->context)) {
        lose(redis);
        return false;
    }
    redis->pause_ms = REDIS_AT_ONCE_MS;
    redis->generation++;
    return true;
}

unsigned redis_generation(const struct redis *redis)
{
    return redis->generation;
}

/* Whether the reply means that Redis cannot serve us now: the connection must be closed. */
static bool is_refusal(const redisReply *reply)
{
    static const char *const words[] = {"LOADING", "READONLY", "MASTERDOWN", "UNBLOCKED",
                                        "NOREPLICAS"};
    if (reply->type != REDIS_REPLY_ERROR)
        return false;
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (strncmp(reply->str, words[i], strlen(words[i])) == 0)
            return true;
    return false;
}

static redisReply *take(struct redis *redis, redisReply *reply)
{
    if (!reply) {
        lose(redis);
    } else if (is_refusal(reply)) {
        freeReplyObject(reply);
        lose(redis);
        reply = NULL;
    }
    return reply;
}

redisReply *redis_run(struct redis *redis, const char *format, ...)
{
    va_list arguments;
    if (!redis_ready(redis))
        return NULL;
    va_start(arguments, format);
    redisReply *reply = redisvCommand(redis->context, format, arguments);
    va_end(arguments);
    return take(redis, reply);
}

redisReply *redis_run_list(struct redis *redis, int count, const char **texts)
{
    if (!redis_ready(redis))
        return NULL;
    return take(redis, redisCommandArgv(redis->context, count, texts, NULL));
}

bool redis_add(struct redis *redis, const char *format, ...)
{
    va_list arguments;
    if (!redis_ready(redis))
        return false;
    va_start(arguments, format);
    int added = redisvAppendCommand(redis->context, format, arguments);
    va_end(arguments);
    return added == REDIS_OK;
}

bool redis_add_list(struct redis *redis, int count, const char **texts)
{
    return redis_ready(redis)
           && redisAppendCommandArgv(redis->context, count, texts, NULL) == REDIS_OK;
}

redisReply *redis_read(struct redis *redis)
{
    void *reply = NULL;
    if (!redis->context)
        return NULL;
    if (redisGetReply(redis->context, &reply) != REDIS_OK)
        reply = NULL;
    return take(redis, reply);
}
