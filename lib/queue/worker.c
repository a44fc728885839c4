/* SPDX-License-Identifier: EUPL-1.2 */
/* The supervisor: keeps its children running. A child that dies takes no other one with it. */
#include "lib/queue/worker.h"

#include <errno.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "lib/base/uuid.h"
#include "lib/json/parse.h"
#include "lib/queue/child.h"
#include "lib/queue/drain.h"
#include "lib/queue/redis.h"

enum { CHILDREN_MAX = 64, CONSUMER_MAX = 128 };

struct post {
    char consumer[CONSUMER_MAX];
    int64_t again_ms; /* when it may be started again */
    int64_t pause_ms; /* grows with each quick death */
    int64_t started_ms;
    pid_t pid;
    bool drained; /* its last child was asked to end: none takes its place until that is over */
};

static volatile int stopping; /* set by the signal handler of this process */

static void on_signal(int number)
{
    (void)number;
    stopping = 1;
}

static void catch_signals(void)
{
    struct sigaction action = {.sa_handler = on_signal};
    sigaction(SIGTERM, &action, NULL);
    sigaction(SIGINT, &action, NULL);
    signal(SIGPIPE, SIG_IGN);
}

static void name_consumer(char consumer[CONSUMER_MAX])
{
    char host[64] = "", nonce[UUID_TEXT_LEN + 1];
    gethostname(host, sizeof host - 1);
    uuid_print(uuid_new(), nonce);
    snprintf(consumer, CONSUMER_MAX, "%s:%d:%s", host, (int)getpid(), nonce + 24);
}

static void start_child(struct post *post, const struct worker *worker, const struct config *config)
{
    name_consumer(post->consumer);
    pid_t parent = getpid();
    post->pid = fork();
    post->started_ms = redis_now_ms();
    if (post->pid != 0)
        return;
    prctl(PR_SET_PDEATHSIG, SIGTERM);
    if (getppid() == parent)
        exit(child_run(worker, config, post->consumer, &stopping));
    exit(0);
}

/* The heartbeat of a dead child is removed at once, so that its jobs need not wait for it
 * to run out. */
static void end_heartbeat(const struct config *config, const char *consumer)
{
    struct redis *redis = redis_new(config->redis);
    redisReply *reply = redis_run(redis, "DEL mw:{s0}:hb:%s", consumer);
    if (reply)
        freeReplyObject(reply);
    redis_free(redis);
}

/* Whether it is time for a new child; while its post is drained it asks once a second. */
static bool may_start(struct post *post, const struct worker *worker, const struct config *config)
{
    if (post->pid || redis_now_ms() < post->again_ms)
        return false;
    if (post->drained) {
        struct redis *redis = redis_new(config->redis);
        post->drained = drain_look(redis, worker->name, post->consumer) != DRAIN_NO;
        post->again_ms = redis_now_ms() + 1000;
        redis_free(redis);
    }
    return !post->drained;
}

static void on_child_end(struct post *posts, int count, pid_t pid, int status,
                         const struct worker *worker, const struct config *config)
{
    for (int i = 0; i < count; i++) {
        struct post *post = &posts[i];
        if (post->pid != pid)
            continue;
        bool quick = redis_now_ms() - post->started_ms < 10000;
        post->pause_ms = !quick || !post->pause_ms   ? 100
                         : post->pause_ms * 2 < 1000 ? post->pause_ms * 2
                                                     : 1000;
        post->again_ms = redis_now_ms() + post->pause_ms;
        post->pid = 0;
        post->drained = WIFEXITED(status) && WEXITSTATUS(status) == DRAIN_STATUS;
        end_heartbeat(config, post->consumer);
        if (!stopping)
            fprintf(stderr, "{\"event\":\"child-%s\",\"worker\":\"%s\",\"pause_ms\":%lld}\n",
                    post->drained ? "drained" : "ended", worker->name, (long long)post->pause_ms);
    }
}

static void supervise(const struct worker *worker, const struct config *config, int count)
{
    struct post posts[CHILDREN_MAX] = {0};
    while (!stopping) {
        for (int i = 0; i < count; i++)
            if (may_start(&posts[i], worker, config))
                start_child(&posts[i], worker, config);
        int status = 0;
        pid_t pid = waitpid(-1, &status, WNOHANG);
        if (pid > 0)
            on_child_end(posts, count, pid, status, worker, config);
        else
            usleep(20000);
    }
    for (int i = 0; i < count; i++)
        if (posts[i].pid)
            kill(posts[i].pid, SIGTERM);
    while (waitpid(-1, NULL, 0) > 0 || errno == EINTR)
        ;
}

int worker_run(const struct worker *worker)
{
    struct config config = config_read();
    const char *wanted = getenv("MAATWERK_CHILDREN");
    long count = wanted ? strtol(wanted, NULL, 10) : 1;
    if (count < 1 || count > CHILDREN_MAX)
        count = 1;
    json_start();
    catch_signals();
    fprintf(stderr, "{\"event\":\"ready\",\"worker\":\"%s\",\"children\":%ld}\n", worker->name,
            count);
    supervise(worker, &config, (int)count);
    return 0;
}
