/* SPDX-License-Identifier: EUPL-1.2 */
/* Lines are collected per loop and written together. */
#include "lib/server/log.h"

#include <unistd.h>

#include "openapi/gen/role.h"

enum { KEPT = 16384, LINE = 1024 /* no line is longer */ };

struct log_buffer {
    struct buf text;
};

struct log_buffer *log_new(void)
{
    struct arena *arena = arena_new();
    struct log_buffer *log = ARENA_NEW(arena, struct log_buffer);
    log->text = buf_in(arena);
    buf_grow(&log->text, KEPT + LINE);
    return log;
}

void log_free(struct log_buffer *log)
{
    arena_free(log->text.arena);
}

void log_flush(struct log_buffer *log)
{
    size_t written = 0;
    while (written < log->text.len) {
        ssize_t count = write(STDERR_FILENO, log->text.at + written, log->text.len - written);
        if (count <= 0)
            break;
        written += (size_t)count;
    }
    log->text.len = 0;
}

void log_request(struct log_buffer *log, const struct exchange *exchange, int status,
                 int64_t took_us)
{
    const struct operation *operation = exchange->request.operation;
    uint32_t role = exchange->actor.role;
    struct buf *line = &log->text;
    buf_add(line, S("{\"at_us\":"));
    buf_add_int(line, exchange->ctx.now_us);
    buf_add(line, S(",\"request\":\""));
    buf_add(line, exchange->ctx.request_id);
    buf_add(line, S("\",\"operation\":\""));
    buf_add(line, operation ? str_of(operation->id) : S("-"));
    buf_add(line, S("\",\"tenant\":"));
    buf_add_int(line, exchange->actor.tenant);
    buf_add(line, S(",\"role\":\""));
    buf_add(line, role ? str_of(role_names[__builtin_ctz(role)]) : S("-"));
    buf_add(line, S("\",\"status\":"));
    buf_add_int(line, status);
    buf_add(line, S(",\"took_us\":"));
    buf_add_int(line, took_us);
    buf_add(line, S("}\n"));
    if (line->len > KEPT)
        log_flush(log);
}

void log_event(const char *event, const char *words)
{
    dprintf(STDERR_FILENO, "{\"event\":\"%s\",\"words\":\"%s\"}\n", event, words);
}
