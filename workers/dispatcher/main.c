/* SPDX-License-Identifier: EUPL-1.2 */
/* maatwerk-dispatcher: carries jobs from PostgreSQL to Redis. Hints wake it; without hints it
 * looks as often as it looks for dead workers. A dispatcher that does not lead leaves the hints
 * alone. */
#include <signal.h>
#include <unistd.h>

#include "lib/base/clock.h"
#include "lib/base/config.h"
#include "lib/base/harden.h"
#include "workers/dispatcher/dispatcher.h"

enum {
    STANDBY_US = 200000,     /* between two tries to lead */
    FULL_US = 4000,          /* while a stream that is being emptied has no room */
    UNAVAILABLE_US = 100000, /* while Redis cannot be reached */
    HINT_LEAST_MS = 10,
};

static volatile sig_atomic_t stopping;

static void on_signal(int number)
{
    (void)number;
    stopping = 1;
}

/* Waits for a hint, but not longer than until jobs are due or dead workers are looked for. */
static void wait_for_hint(struct redis *redis, int64_t due_ms)
{
    int64_t left_ms = due_ms - clock_ms();
    int wait_ms = REAP_MS;
    if (left_ms < REAP_MS)
        wait_ms = left_ms > HINT_LEAST_MS ? (int)left_ms : HINT_LEAST_MS;
    redisReply *reply = redis_run(redis, "BLPOP mw:{s0}:wake 0.%03d", wait_ms);
    if (reply)
        freeReplyObject(reply);
    else
        usleep(UNAVAILABLE_US);
}

int main(void)
{
    harden_process();
    struct config config = config_read();
    struct sigaction action = {.sa_handler = on_signal};
    sigaction(SIGTERM, &action, NULL);
    sigaction(SIGINT, &action, NULL);
    signal(SIGPIPE, SIG_IGN);
    const char *conninfo = config_conninfo(&config, "dispatcher", STATEMENT_MS,
                                           "-c jit=off -c plan_cache_mode=force_generic_plan");
    struct dispatcher dispatcher = {.conninfo = conninfo,
                                    .db = session_new(conninfo, STATEMENT_MS),
                                    .redis = redis_new(&config, "dispatcher")};
    fprintf(stderr, "{\"event\":\"ready\",\"worker\":\"dispatcher\"}\n");
    while (!stopping) {
        int published = 0;
        bool done = dispatcher_step(&dispatcher, &published);
        if (!dispatcher.generation)
            usleep(STANDBY_US);
        else if (done && !published && dispatcher.full)
            usleep(FULL_US);
        else if (!published)
            wait_for_hint(dispatcher.redis, dispatcher.promote_ms);
    }
    carried_free(&dispatcher.carried);
    redis_free(dispatcher.redis);
    session_free(dispatcher.db);
    return 0;
}
