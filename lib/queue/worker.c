/* SPDX-License-Identifier: EUPL-1.2 */
/* The supervisor: it keeps its children running. The death of a child does not touch the others. */
#include "lib/queue/worker.h"

#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "lib/base/clock.h"
#include "lib/base/harden.h"
#include "lib/base/uuid.h"
#include "lib/db/connections.h"
#include "lib/json/parse.h"
#include "lib/queue/child.h"
#include "lib/queue/drain.h"
#include "lib/queue/stream.h"

enum {
    CHILDREN_MAX = 64,
    CONSUMER_MAX = 128,
    DRAIN_MS = 25000,
    HURRY_MS = 500,
    PAUSE_LEAST_MS = 100,
    PAUSE_MOST_MS = 1000,
    ASK_MS = 2000,
    QUICK_MS = 10000, /* a child that lived shorter than this died quickly */
};

/* A place for a child, and the child that has it. */
struct post {
    char consumer[CONSUMER_MAX];
    int64_t again_ms; /* when the next child may start */
    int64_t pause_ms; /* grows with each quick death */
    int64_t started_ms;
    struct guard *guard;
    struct fallback *fallback; /* one for all posts */
    pid_t pid;                 /* 0: there is no child */
    bool died;                 /* the last child ended, and nobody had asked it to */
    bool
        drained; /* the last child was asked to end: the place stays empty until the drain is over */
};

static atomic_int stopping; /* enum stopping; in the supervisor: the number of signals */

/* A number from the environment; `usual` when it is not set or is out of bounds. */
static long setting(const char *name, long usual, long least, long most)
{
    const char *text = getenv(name);
    long number = text ? strtol(text, NULL, 10) : usual;
    if (number >= least && number <= most)
        return number;
    fprintf(stderr, "{\"event\":\"setting-ignored\",\"name\":\"%s\",\"used\":%ld}\n", name, usual);
    return usual;
}

static void on_signal(int number)
{
    (void)number;
    stopping++;
}

/* A child may receive the first signal twice: from its supervisor and with its process group. */
static void on_child_signal(int number)
{
    if (number == SIGUSR1)
        stopping = STOPPING_NOW;
    else if (!stopping)
        stopping = STOPPING_SOON;
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
    guard_end(post->guard);
    pid_t parent = getpid();
    post->pid = fork();
    post->started_ms = clock_ms();
    if (post->pid < 0) { /* no memory, or too many processes */
        post->pid = 0;
        post->again_ms = clock_ms() + 1000;
    }
    if (post->pid != 0 || getpid() == parent)
        return;
    struct sigaction action = {.sa_handler = on_child_signal};
    sigaction(SIGTERM, &action, NULL);
    sigaction(SIGUSR1, &action, NULL);
    prctl(PR_SET_PDEATHSIG, SIGTERM);
    signal(SIGINT, SIG_IGN); /* from a terminal: the supervisor decides what happens */
    const struct child_post given = {post->consumer, post->guard, post->fallback, post->died};
    if (getppid() == parent)
        exit(child_run(worker, config, &given, &stopping));
    exit(0);
}

/* Removes the heartbeat of a dead child at once, so that its jobs need not wait until it
 * expires. If the child was killed during shutdown, it gives back the unfinished entries first. */
static void end_heartbeat(const struct worker *worker, const struct config *config,
                          const char *consumer, bool killed)
{
    struct redis *redis = redis_new(config, worker->name);
    struct streams streams = streams_of(worker->name);
    if (killed)
        streams_give_back(redis, &streams, consumer);
    redisReply *reply = redis_run(redis, "DEL mw:{s0}:hb:%s", consumer);
    if (reply)
        freeReplyObject(reply);
    redis_free(redis);
}

/* Whether it is time for a new child. While the post is drained it asks Redis once a second. */
static bool may_start(struct post *post, const struct worker *worker, const struct config *config)
{
    if (post->pid || clock_ms() < post->again_ms)
        return false;
    if (post->drained) {
        struct redis *redis = redis_new(config, worker->name);
        post->drained = drain_look(redis, worker->name, post->consumer) != DRAIN_NO;
        post->again_ms = clock_ms() + 1000;
        redis_free(redis);
    }
    return !post->drained;
}

/* A child that died quickly is followed by a longer pause. */
static int64_t next_pause_ms(const struct post *post)
{
    bool quick = clock_ms() - post->started_ms < QUICK_MS;
    if (!quick || !post->pause_ms)
        return PAUSE_LEAST_MS;
    return post->pause_ms * 2 < PAUSE_MOST_MS ? post->pause_ms * 2 : PAUSE_MOST_MS;
}

static void on_child_end(struct post *posts, int count, pid_t pid, int status,
                         const struct worker *worker, const struct config *config)
{
    for (int i = 0; i < count; i++) {
        struct post *post = &posts[i];
        if (post->pid != pid)
            continue;
        post->pause_ms = next_pause_ms(post);
        post->again_ms = clock_ms() + post->pause_ms;
        post->pid = 0;
        post->drained = WIFEXITED(status) && WEXITSTATUS(status) == DRAIN_STATUS;
        post->died = status != 0 && !post->drained;
        end_heartbeat(worker, config, post->consumer, stopping && WIFSIGNALED(status));
        if (!stopping)
            fprintf(stderr, "{\"event\":\"child-%s\",\"worker\":\"%s\",\"pause_ms\":%lld}\n",
                    post->drained ? "drained" : "ended", worker->name, (long long)post->pause_ms);
    }
}

/* Handles a child that ended; waits a moment when none did. */
static void look_after(struct post *posts, int count, const struct worker *worker,
                       const struct config *config)
{
    int status = 0;
    pid_t pid = waitpid(-1, &status, WNOHANG);
    if (pid > 0)
        on_child_end(posts, count, pid, status, worker, config);
    else
        usleep(20000);
}

/* Sends the signal to every child. Returns whether there is a child. */
static bool signal_all(const struct post *posts, int count, int number)
{
    bool any = false;
    for (int i = 0; i < count; i++)
        if (posts[i].pid > 0)
            any |= kill(posts[i].pid, number) == 0;
    return any;
}

/* Asks the children to end soon; later to end at once; after that it kills them. */
static void drain(struct post *posts, int count, const struct worker *worker,
                  const struct config *config)
{
    int64_t until_ms = clock_ms() + setting("MAATWERK_DRAIN_MS", DRAIN_MS, 0, 3600000);
    bool hurried = false;
    signal_all(posts, count, SIGTERM);
    while (signal_all(posts, count, 0)) {
        look_after(posts, count, worker, config);
        if (!hurried && (stopping >= STOPPING_NOW || clock_ms() > until_ms)) {
            hurried = signal_all(posts, count, SIGUSR1);
            until_ms = clock_ms() + HURRY_MS;
        } else if (hurried && clock_ms() > until_ms) {
            signal_all(posts, count, SIGKILL);
        }
    }
}

static void supervise(const struct worker *worker, const struct config *config, int count)
{
    struct post posts[CHILDREN_MAX] = {0};
    struct fallback *fallback = fallback_new();
    for (int i = 0; i < count; i++) {
        posts[i].guard = guard_new();
        posts[i].fallback = fallback;
    }
    while (!stopping) {
        for (int i = 0; i < count; i++) {
            if (may_start(&posts[i], worker, config))
                start_child(&posts[i], worker, config);
            if (posts[i].pid && guard_is_over(posts[i].guard, GUARD_SUPERVISOR))
                kill(posts[i].pid, SIGKILL);
        }
        look_after(posts, count, worker, config);
    }
    drain(posts, count, worker, config);
}

/* A child has a connection for its jobs, and another one for its heartbeat while a job takes
 * long. */
static int children_allowed(const struct worker *worker, const struct config *config, int count)
{
    struct session *session =
        session_new(config_conninfo(config, worker->name, ASK_MS, ""), ASK_MS);
    struct connections connections = {CONNECTIONS_UNLIMITED, 1};
    enum err err = connections_read(session, &worker->name, 1, &connections);
    session_free(session);
    if (err || connections.most >= 2 * count)
        return count;
    int allowed = connections.most > 2 ? connections.most / 2 : 1;
    fprintf(stderr, "{\"event\":\"fewer-children\",\"worker\":\"%s\",\"connections\":%d}\n",
            worker->name, connections.most);
    return allowed;
}

int worker_run(const struct worker *worker)
{
    harden_process();
    catch_signals();
    struct config config = config_read();
    int count = (int)setting("MAATWERK_CHILDREN", 1, 1, CHILDREN_MAX);
    if (worker->kinds_count > LIMIT_KINDS) {
        fprintf(stderr, "{\"event\":\"too-many-kinds\",\"worker\":\"%s\",\"most\":%d}\n",
                worker->name, LIMIT_KINDS);
        return 1;
    }
    json_start();
    count = children_allowed(worker, &config, count);
    fprintf(stderr, "{\"event\":\"ready\",\"worker\":\"%s\",\"children\":%d}\n", worker->name,
            count);
    supervise(worker, &config, count);
    return 0;
}
