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
    const struct operation *operation = exchange->request.operation;
    uint32_t role = exchange->actor.role;
    struct buf line = buf_in(exchange->ctx.arena);
    buf_add(&line, S("{\"at_us\":"));
    buf_add_int(&line, exchange->ctx.now_us);
    buf_add(&line, S(",\"request\":\""));
    buf_add(&line, uuid_print(exchange->ctx.request_id, id));
    buf_add(&line, S("\",\"operation\":\""));
    buf_add(&line, operation ? str_of(operation->id) : S("-"));
    buf_add(&line, S("\",\"tenant\":"));
    buf_add_int(&line, exchange->actor.tenant);
    buf_add(&line, S(",\"role\":\""));
    buf_add(&line, role ? str_of(role_names[__builtin_ctz(role)]) : S("-"));
    buf_add(&line, S("\",\"status\":"));
    buf_add_int(&line, status);
    buf_add(&line, S(",\"took_us\":"));
    buf_add_int(&line, took_us);
    buf_add(&line, S("}\n"));
    if (line.len > sizeof log->text - log->length)
        log_flush(log);
    memcpy(log->text + log->length, line.at, line.len);
    log->length += line.len;
}

void log_event(const char *event, const char *words)
{
    dprintf(STDERR_FILENO, "{\"event\":\"%s\",\"words\":\"%s\"}\n", event, words);
}
