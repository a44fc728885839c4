/* SPDX-License-Identifier: EUPL-1.2 */
/* hiredis, connecting again after each loss. */
#include "lib/queue/redis.h"

#include <stdarg.h>

#include "lib/base/clock.h"
#include "lib/base/secret.h"

struct redis {
    const struct config *config;
    const char *program;
    redisContext *context;
    int64_t again_ms;
    int pause_ms; /* before the next try; doubles with each try */
    unsigned generation;
    const char *trouble;
};

/* Why Redis cannot serve us now, by the word that its error begins with. */
static const struct refusal {
    const char *word, *trouble;
} refusals[] = {
    {"OOM", "full"},
    {"MISCONF", "cannot-save"},
    {"READONLY", "read-only"},
    {"NOREPLICAS", "no-replicas"},
    {"MASTERDOWN", "master-down"},
    {"LOADING", "loading"},
    {"UNBLOCKED", "unblocked"},
    {"NOPERM", "not-allowed"},
    {"NOAUTH", "not-allowed"},
    {"WRONGPASS", "not-allowed"},
    {"EXECABORT", "refused"}, /* one of the commands of a transaction; the word came before */
};

struct redis *redis_new(const struct config *config, const char *program)
{
    struct redis *redis = calloc(1, sizeof *redis);
    if (!redis)
        abort();
    redis->config = config;
    redis->program = program;
    redis->pause_ms = REDIS_AT_ONCE_MS;
    return redis;
}

const char *redis_trouble(const struct redis *redis)
{
    return redis->trouble;
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

/* Whether the reply means that Redis cannot serve us now: the connection must be closed. */
static bool is_refusal(struct redis *redis, const redisReply *reply)
{
    if (reply->type != REDIS_REPLY_ERROR)
        return false;
    for (size_t i = 0; i < sizeof refusals / sizeof *refusals; i++)
        if (strncmp(reply->str, refusals[i].word, strlen(refusals[i].word)) == 0) {
            redis->trouble = refusals[i].trouble;
            return true;
        }
    return false;
}

/* Whether Redis answers the command that was sent, and does not refuse it. */
static bool accepts(struct redis *redis, redisReply *reply)
{
    bool accepted = reply && reply->type != REDIS_REPLY_ERROR;
    if (reply && !accepted && !is_refusal(redis, reply))
        redis->trouble = "refused";
    if (reply)
        freeReplyObject(reply);
    return accepted;
}

/* Logs in as the program. The secret is read each time: it may have changed. */
static bool logs_in(struct redis *redis)
{
    char secret[SECRET_ROOM];
    if (!*redis->config->redis_secrets)
        return true;
    redis->trouble = "no-secret";
    if (!secret_read(redis->config->redis_secrets, redis->program, secret))
        return false;
    redis->trouble = "unreachable";
    bool in =
        accepts(redis, redisCommand(redis->context, "AUTH maatwerk_%s %s", redis->program, secret));
    explicit_bzero(secret, sizeof secret);
    return in;
}

static bool says_hello(struct redis *redis)
{
    redisContext *context = redis->context;
    redis->trouble = "unreachable";
    return context && !context->err
           && redisSetTimeout(context, limit_of(REDIS_HELLO_MS)) == REDIS_OK && logs_in(redis)
           && accepts(redis, redisCommand(context, "PING"))
           && redisSetTimeout(context, limit_of(REDIS_TIMEOUT_MS)) == REDIS_OK;
}

bool redis_ready(struct redis *redis)
{
    if (redis->context)
        return true;
    if (clock_ms() < redis->again_ms)
        return false;
    redis->context = connect_to(redis->config->redis, limit_of(REDIS_HELLO_MS));
    if (!says_hello(redis)) {
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

static redisReply *take(struct redis *redis, redisReply *reply)
{
    if (!reply) {
        redis->trouble = "unreachable";
        lose(redis);
    } else if (is_refusal(redis, reply)) {
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
