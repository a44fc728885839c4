/* SPDX-License-Identifier: EUPL-1.2 */
/* The keys of a drain. */
#include "lib/queue/drain.h"

enum drain drain_look(struct redis *redis, const char *worker, const char *consumer)
{
    redisReply *reply =
        redis_run(redis, "EXISTS mw:{s0}:drain:%s mw:{s0}:drain:%s", worker, consumer);
    enum drain found = DRAIN_UNKNOWN;
    if (reply && reply->type == REDIS_REPLY_INTEGER)
        found = reply->integer > 0 ? DRAIN_ASKED : DRAIN_NO;
    if (reply)
        freeReplyObject(reply);
    return found;
}

bool drain_ask(struct redis *redis, const char *name, bool asked)
{
    redisReply *reply = asked ? redis_run(redis, "SET mw:{s0}:drain:%s 1 EX %d", name, DRAIN_S)
                              : redis_run(redis, "DEL mw:{s0}:drain:%s", name);
    bool done = !redis_is_error(reply);
    if (reply)
        freeReplyObject(reply);
    return done;
}
