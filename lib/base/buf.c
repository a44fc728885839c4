/* SPDX-License-Identifier: EUPL-1.2 */
/* Text that grows in an arena. */
#include "lib/base/buf.h"

#include <stdio.h>

void buf_grow(struct buf *buf, size_t more)
{
    size_t room = buf->room ? buf->room * 2 : 1024;
    while (room < buf->len + more + 1)
        room *= 2;
    char *bigger = arena_alloc(buf->arena, room);
    if (buf->len)
        memcpy(bigger, buf->at, buf->len);
    buf->at = bigger;
    buf->room = room;
}

void buf_add_int(struct buf *buf, int64_t value)
{
    char text[INT_TEXT_LEN];
    buf_add(buf, int_print(value, text));
}

void buf_print(struct buf *buf, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    struct str text = arena_vprint(buf->arena, format, args);
    va_end(args);
    buf_add(buf, text);
}

static void add_escaped(struct buf *buf, unsigned char c)
{
    static const char hex[] = "0123456789abcdef";
    const char escape[] = {'\\', 'u', '0', '0', hex[c >> 4], hex[c & 15]};
    switch (c) {
    case '"': buf_add(buf, S("\\\"")); break;
    case '\\': buf_add(buf, S("\\\\")); break;
    case '\n': buf_add(buf, S("\\n")); break;
    default: buf_add(buf, (struct str){escape, sizeof escape});
    }
}

/* How many bytes at the start of `s` JSON takes as they are. Eight bytes are checked together:
 * where the high bit of a byte is set after the subtraction, the byte was below 0x20, a quote or
 * a backslash. */
static size_t plain_length(struct str s)
{
    const uint64_t ones = 0x0101010101010101u, highs = 0x8080808080808080u;
    size_t at = 0;
    for (; s.len - at >= 8; at += 8) {
        uint64_t word, quotes, slashes;
        memcpy(&word, s.at + at, 8);
        quotes = word ^ (ones * '"');
        slashes = word ^ (ones * '\\');
        if ((((word - ones * 0x20) & ~word) | ((quotes - ones) & ~quotes)
             | ((slashes - ones) & ~slashes))
            & highs)
            break;
    }
    while (at < s.len && (unsigned char)s.at[at] >= 0x20 && s.at[at] != '"' && s.at[at] != '\\')
        at++;
    return at;
}

void buf_add_json(struct buf *buf, struct str s)
{
    if (!s.at) {
        buf_add(buf, S("null"));
        return;
    }
    buf_add_char(buf, '"');
    for (;;) {
        size_t plain = plain_length(s);
        buf_add(buf, (struct str){s.at, plain});
        if (plain == s.len)
            break;
        add_escaped(buf, (unsigned char)s.at[plain]);
        s = str_from(s, plain + 1);
    }
    buf_add_char(buf, '"');
}

struct str buf_str(struct buf *buf)
{
    *buf_room(buf, 0) = '\0';
    return (struct str){buf->at, buf->len};
}
