/* SPDX-License-Identifier: EUPL-1.2 */
/* maatwerk-dispatcher: from PostgreSQL to Redis, woken by hints, looking by itself as often as
 * it looks for the dead. One that does not lead leaves the hints alone. */
#include <signal.h>
#include <unistd.h>

#include "lib/base/clock.h"
#include "lib/base/config.h"
#include "workers/dispatcher/dispatcher.h"

enum { STANDBY_US = 200000, FULL_US = 4000 };

static volatile sig_atomic_t stopping;

static void on_signal(int number)
{
    (void)number;
    stopping = 1;
}

/* Waits for a hint, not longer than until something is due or the dead are looked for. */
static void wait_for_hint(struct redis *redis, int64_t due_ms)
{
    int64_t left_ms = due_ms - clock_ms();
    int wait_ms = left_ms < 10 ? 10 : left_ms < REAP_MS ? (int)left_ms : REAP_MS;
    redisReply *reply = redis_run(redis, "BLPOP mw:{s0}:wake 0.%03d", wait_ms);
    if (reply)
        freeReplyObject(reply);
    else
        usleep(100000);
}

int main(void)
{
    struct config config = config_read();
    struct sigaction action = {.sa_handler = on_signal};
    sigaction(SIGTERM, &action, NULL);
    sigaction(SIGINT, &action, NULL);
    signal(SIGPIPE, SIG_IGN);
    const char *conninfo = config_conninfo(&config, "dispatcher", DISPATCHER_STATEMENT_MS,
                                           "-c jit=off -c plan_cache_mode=force_generic_plan");
    struct dispatcher dispatcher = {.conninfo = conninfo,
                                    .db = session_new(conninfo, DISPATCHER_STATEMENT_MS),
                                    .redis = redis_new(config.redis)};
    fprintf(stderr, "{\"event\":\"ready\",\"worker\":\"dispatcher\"}\n");
    while (!stopping) {
        int filled = dispatcher_step(&dispatcher);
        if (!dispatcher.generation)
            usleep(STANDBY_US);
        else if (filled == 0 && dispatcher.full)
            usleep(FULL_US);
        else if (filled <= 0)
            wait_for_hint(dispatcher.redis, dispatcher.promote_ms);
    }
    carried_free(&dispatcher.carried);
    redis_free(dispatcher.redis);
    session_free(dispatcher.db);
    return 0;
}
