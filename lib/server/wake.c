/* SPDX-License-Identifier: EUPL-1.2 */
/* hiredis on the event loop. */
#include "lib/server/wake.h"

#include <hiredis/async.h>
#include <stdbool.h>
#include <time.h>
#include <unistd.h>

#include "lib/base/secret.h"

struct wake {
    h2o_loop_t *loop;
    const struct config *config;
    const char *program;
    redisAsyncContext *redis;
    h2o_socket_t *socket;
    bool writing;
    time_t again_s; /* when a new connection may be tried */
    unsigned unanswered;
};

static void on_read(h2o_socket_t *socket, const char *error)
{
    struct wake *wake = socket->data;
    (void)error; /* hiredis sees it too */
    if (wake->redis)
        redisAsyncHandleRead(wake->redis);
}

static void on_write(h2o_socket_t *socket, const char *error)
{
    struct wake *wake = socket->data;
    (void)error;
    if (wake->redis && wake->writing) {
        wake->writing = false;
        redisAsyncHandleWrite(wake->redis);
    }
}

static void add_read(void *data)
{
    struct wake *wake = data;
    h2o_socket_read_start(wake->socket, on_read);
}

static void del_read(void *data)
{
    struct wake *wake = data;
    h2o_socket_read_stop(wake->socket);
}

static void add_write(void *data)
{
    struct wake *wake = data;
    wake->writing = true;
    if (!h2o_socket_is_writing(wake->socket))
        h2o_socket_notify_write(wake->socket, on_write);
}

static void del_write(void *data)
{
    struct wake *wake = data;
    wake->writing = false;
}

static void clean_up(void *data)
{
    struct wake *wake = data;
    if (wake->socket) {
        h2o_socket_read_stop(wake->socket);
        h2o_socket_close(wake->socket);
        wake->socket = NULL;
    }
}

static void on_disconnect(const redisAsyncContext *redis, int status)
{
    struct wake *wake = redis->data;
    (void)status;
    wake->redis = NULL;
    wake->again_s = time(NULL) + 1;
}

static void on_connect(const redisAsyncContext *redis, int status)
{
    struct wake *wake = redis->data;
    if (status != REDIS_OK) {
        wake->redis = NULL; /* hiredis frees it */
        wake->again_s = time(NULL) + 1;
    }
}

/* A refused login: the secret has changed, and is read again with the next connection. */
static void on_login(redisAsyncContext *redis, void *reply, void *data)
{
    (void)data;
    if (reply && ((redisReply *)reply)->type == REDIS_REPLY_ERROR)
        redisAsyncDisconnect(redis);
}

static redisAsyncContext *connect_to(const char *address)
{
    if (strncmp(address, "unix:", 5) == 0)
        return redisAsyncConnectUnix(address + 5);
    char host[256];
    const char *colon = strrchr(address, ':');
    size_t length = colon ? (size_t)(colon - address) : strlen(address);
    if (length >= sizeof host)
        return NULL;
    memcpy(host, address, length);
    host[length] = 0;
    return redisAsyncConnect(host, colon ? (int)strtol(colon + 1, NULL, 10) : 6379);
}

/* The commands that follow are refused when this is; they are hints only. */
static void log_in(struct wake *wake)
{
    char secret[SECRET_ROOM];
    if (*wake->config->redis_secrets
        && secret_read(wake->config->redis_secrets, wake->program, secret)) {
        redisAsyncCommand(wake->redis, on_login, NULL, "AUTH maatwerk_%s %s", wake->program,
                          secret);
        explicit_bzero(secret, sizeof secret);
    }
}

static void open_connection(struct wake *wake)
{
    if (time(NULL) < wake->again_s)
        return;
    redisAsyncContext *redis = connect_to(wake->config->redis);
    if (!redis || redis->err) {
        if (redis)
            redisAsyncFree(redis);
        wake->again_s = time(NULL) + 1;
        return;
    }
    wake->redis = redis;
    wake->unanswered = 0;
    redis->data = wake;
    wake->socket =
        h2o_evloop_socket_create(wake->loop, dup(redis->c.fd), H2O_SOCKET_FLAG_DONT_READ);
    wake->socket->data = wake;
    redis->ev.data = wake;
    redis->ev.addRead = add_read;
    redis->ev.delRead = del_read;
    redis->ev.addWrite = add_write;
    redis->ev.delWrite = del_write;
    redis->ev.cleanup = clean_up;
    redisAsyncSetConnectCallback(redis, on_connect);
    redisAsyncSetDisconnectCallback(redis, on_disconnect);
    log_in(wake);
}

struct wake *wake_new(h2o_loop_t *loop, const struct config *config, const char *program)
{
    struct wake *wake = calloc(1, sizeof *wake);
    if (!wake)
        abort();
    *wake = (struct wake){.loop = loop, .config = config, .program = program};
    return wake;
}

static void on_reply(redisAsyncContext *redis, void *reply, void *data)
{
    struct wake *wake = redis->data;
    (void)data;
    if (reply)
        wake->unanswered = 0;
}

void wake_send(struct wake *wake)
{
    if (!wake->redis)
        open_connection(wake);
    if (!wake->redis || wake->unanswered > 1000)
        return; /* Redis cannot be reached or does not answer: the dispatcher looks without a hint */
    wake->unanswered++;
    redisAsyncCommand(wake->redis, on_reply, NULL, "LPUSH mw:{s0}:wake 1");
    if (wake->redis)
        redisAsyncCommand(wake->redis, NULL, NULL, "LTRIM mw:{s0}:wake 0 0");
}

void wake_free(struct wake *wake)
{
    if (wake->redis)
        redisAsyncFree(wake->redis);
    free(wake);
}
