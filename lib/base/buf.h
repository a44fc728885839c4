/* SPDX-License-Identifier: EUPL-1.2 */
/* Text that grows in an arena: for answers, log lines and composed SQL. */
#ifndef MAATWERK_BASE_BUF_H
#define MAATWERK_BASE_BUF_H

#include "lib/base/arena.h"

struct buf {
    struct arena *arena;
    char *at;
    size_t len, room;
};

static inline struct buf buf_in(struct arena *arena)
{
    return (struct buf){arena, NULL, 0, 0};
}

/* Makes room for `more` further bytes and a NUL. */
void buf_grow(struct buf *buf, size_t more);

/* A place where `more` bytes can be written. The caller adds to buf->len what it has written. */
static inline char *buf_room(struct buf *buf, size_t more)
{
    if (buf->room - buf->len <= more)
        buf_grow(buf, more);
    return buf->at + buf->len;
}

static inline void buf_add(struct buf *buf, struct str s)
{
    if (s.len == 0)
        return;
    memcpy(buf_room(buf, s.len), s.at, s.len);
    buf->len += s.len;
}

static inline void buf_add_char(struct buf *buf, char c)
{
    *buf_room(buf, 1) = c;
    buf->len++;
}

void buf_add_int(struct buf *buf, int64_t value);
void buf_print(struct buf *buf, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* Adds `s` as a JSON string with its quotes; an absent str becomes null. `s` must be
 * valid UTF-8. */
void buf_add_json(struct buf *buf, struct str s);

/* Everything that was added so far, followed by a NUL. Valid until the next addition. */
struct str buf_str(struct buf *buf);

#endif
