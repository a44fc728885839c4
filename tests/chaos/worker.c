/* SPDX-License-Identifier: EUPL-1.2 */
/* The worker of `make chaos JOB=queue` and `make gates`. Each job writes a row without a unique
 * key, so that a job that is done twice is seen. Payload: n (a number), ms (how long the job
 * takes in PostgreSQL), busy_ms (how long in this process), fail (how many attempts fail),
 * poison (the process dies), die (how it dies: segv, abort, memory, loop, stack). Calls go to
 * the provider of chaos_calls.py, over the socket that CHAOS_PROVIDER names. */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>
#include <unistd.h>

#include "lib/queue/worker.h"

static const struct query effect = {
    .name = "chaos_effect",
    .rows = QUERY_NONE,
    .writes = true,
    .gathers = true,
    .parameters = 4,
    .text =
        "insert into chaos.effect (n, lane, place, began)"
        " select e.n, e.lane, e.place, to_timestamp(e.began / 1e6)"
        " from unnest($1::bigint[], $2::text[], $3::int[], $4::bigint[]) e (n, lane, place, began)"};

/* Takes time in PostgreSQL, where it can be cancelled. */
static const struct query rest = {.name = "chaos_rest",
                                  .rows = QUERY_NONE,
                                  .parameters = 1,
                                  .text = "select pg_sleep($1::bigint / 1e3)"};

static int64_t number_of(const struct job *job, const char *name)
{
    const cJSON *item = cJSON_GetObjectItemCaseSensitive(job->payload, name);
    return cJSON_IsNumber(item) ? (int64_t)item->valuedouble : 0;
}

static int64_t now_us(void)
{
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    return now.tv_sec * 1000000 + now.tv_nsec / 1000;
}

static int overflow_stack(volatile char *above)
{
    volatile char here[4096];
    here[0] = *above;
    return here[0] ? 0 : overflow_stack(here) + here[0];
}

static void take_all_memory(void)
{
    setrlimit(RLIMIT_AS, &(struct rlimit){1 << 28, 1 << 28});
    for (;;) {
        char *block = malloc(1 << 20);
        if (!block)
            abort(); /* as arena_new() does */
        memset(block, 1, 1 << 20);
    }
}

static void die(const struct job *job)
{
    struct str how = job_text(job, "die");
    if (number_of(job, "poison"))
        _exit(42);
    if (str_equal(how, S("segv")))
        raise(SIGSEGV);
    else if (str_equal(how, S("abort")))
        abort();
    else if (str_equal(how, S("memory")))
        take_all_memory();
    else if (str_equal(how, S("stack")))
        overflow_stack(&(volatile char){0});
    else if (str_equal(how, S("loop")))
        for (volatile bool on = true; on;)
            ;
}

static void add_row(const struct job *job, struct plan *plan)
{
    struct arena *arena = plan->ctx->arena;
    const struct str values[] = {arena_int(arena, number_of(job, "n")), job_text(job, "lane"),
                                 arena_int(arena, number_of(job, "place")),
                                 arena_int(arena, now_us())};
    const struct str ms[] = {arena_int(arena, number_of(job, "ms"))};
    die(job);
    if (number_of(job, "busy_ms")) /* a sleep of 0 would still take time */
        usleep((useconds_t)(number_of(job, "busy_ms") * 1000));
    if (number_of(job, "ms"))
        plan_add(plan, &rest, ms);
    plan_add(plan, &effect, values);
}

static enum job_end end_of(struct work *work)
{
    if (work->job->attempt >= number_of(work->job, "fail"))
        return JOB_DONE;
    work->error = "asked to fail";
    return JOB_RETRY;
}

/* Adds a row; the row is left out when the job fails. */
static enum job_end plan_a_row(struct work *work, struct plan *plan)
{
    add_row(work->job, plan);
    return end_of(work);
}

/* Writes a row and fails after that: the effect must be undone. */
static enum job_end write_a_row(struct work *work)
{
    struct plan plan = work_plan(work);
    add_row(work->job, &plan);
    enum job_end end = work_run(work, &plan);
    return end == JOB_DONE ? end_of(work) : end;
}

static int connect_provider(void)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    struct timeval limit = {.tv_usec = 300000};
    const char *path = getenv("CHAOS_PROVIDER");
    snprintf(address.sun_path, sizeof address.sun_path, "%s", path ? path : "");
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
    if (connect(fd, (struct sockaddr *)&address, sizeof address) == 0)
        return fd;
    close(fd);
    return -1;
}

/* Sends one line to the provider and reads one line: "done <reference>", "absent", or "busy"
 * (not accepted). */
static enum call_end talk(struct work *work, struct call *call, const char *verb)
{
    char line[128] = "";
    int fd = connect_provider();
    if (fd < 0)
        return CALL_OUTAGE;
    int length = snprintf(line, sizeof line, "%s %s %lld\n", verb, call->key,
                          (long long)number_of(work->job, "n"));
    bool sent = write(fd, line, (size_t)length) == length;
    ssize_t got = sent ? read(fd, line, sizeof line - 1) : 0;
    close(fd);
    line[got > 0 ? got : 0] = '\0';
    if (strncmp(line, "done ", 5) == 0) {
        snprintf(call->reference, sizeof call->reference, "%s", line + 5);
        return CALL_DONE;
    }
    if (strcmp(line, "absent") == 0 || strcmp(line, "busy") == 0)
        return CALL_NOT_MADE;
    return sent ? CALL_UNKNOWN : CALL_NOT_MADE;
}

static enum call_end send_keyed(struct work *work, struct call *call)
{
    return talk(work, call, "keyed");
}

static enum call_end send_plain(struct work *work, struct call *call)
{
    return talk(work, call, "plain");
}

static enum call_end ask(struct work *work, struct call *call)
{
    return talk(work, call, "ask");
}

static void store_row(struct work *work, const struct call *call, struct plan *plan)
{
    (void)call;
    add_row(work->job, plan);
}

int main(void)
{
    static const struct job_call keyed = {.call = send_keyed, .keyed = true, .store = store_row},
                                 asked = {.call = send_plain, .ask = ask, .store = store_row},
                                 plain = {.call = send_plain, .store = store_row};
    static const struct job_kind kinds[] = {{"chaos_job", .plan = plan_a_row},
                                            {"chaos_run", .run = write_a_row},
                                            {"chaos_keyed", .call = &keyed},
                                            {"chaos_asked", .call = &asked},
                                            {"chaos_plain", .call = &plain}};
    static const struct worker worker = {"chaos", kinds, sizeof kinds / sizeof *kinds,
                                         50,      NULL,  NULL};
    return worker_run(&worker);
}
