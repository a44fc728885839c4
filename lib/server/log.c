/* SPDX-License-Identifier: EUPL-1.2 */
/* Lines are kept per loop and written together. */
#include "lib/server/log.h"

#include <unistd.h>

#include "openapi/gen/role.h"

struct log_buffer {
    size_t length;
    char text[16384];
};

struct log_buffer *log_new(void)
{
    struct log_buffer *log = calloc(1, sizeof *log);
    if (!log)
        abort();
    return log;
}

void log_flush(struct log_buffer *log)
{
    size_t written = 0;
    while (written < log->length) {
        ssize_t count = write(STDERR_FILENO, log->text + written, log->length - written);
        if (count <= 0)
            break;
        written += (size_t)count;
    }
    log->length = 0;
}

void log_request(struct log_buffer *log, const struct exchange *exchange, int status,
                 int64_t took_us)
{
    char id[UUID_TEXT_LEN + 1];
    uuid_print(exchange->ctx.request_id, id);
    const struct operation *operation = exchange->request.operation;
    if (log->length > sizeof log->text - 512)
        log_flush(log);
    int length = snprintf(
        log->text + log->length, sizeof log->text - log->length,
        "{\"at_us\":%lld,\"request\":\"%s\",\"operation\":\"%s\",\"tenant\":%d,\"role\":\"%s\","
        "\"status\":%d,\"took_us\":%lld}\n",
        (long long)exchange->ctx.now_us, id, operation ? operation->id : "-",
        exchange->actor.tenant,
        exchange->actor.role ? role_names[__builtin_ctz(exchange->actor.role)] : "-", status,
        (long long)took_us);
    if (length > 0 && (size_t)length < sizeof log->text - log->length)
        log->length += (size_t)length;
}

void log_event(const char *event, const char *words)
{
    dprintf(STDERR_FILENO, "{\"event\":\"%s\",\"words\":\"%s\"}\n", event, words);
}
