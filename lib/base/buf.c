/* SPDX-License-Identifier: EUPL-1.2 */
/* Text that grows in an arena. */
#include "lib/base/buf.h"

#include <stdio.h>

static char *buf_room(struct buf *buf, size_t more)
{
    if (buf->room - buf->len < more + 1) {
        size_t room = buf->room ? buf->room * 2 : 1024;
        while (room < buf->len + more + 1)
            room *= 2;
        char *bigger = arena_alloc(buf->arena, room);
        if (buf->len)
            memcpy(bigger, buf->at, buf->len);
        buf->at = bigger;
        buf->room = room;
    }
    return buf->at + buf->len;
}

void buf_add(struct buf *buf, struct str s)
{
    if (s.len == 0)
        return;
    memcpy(buf_room(buf, s.len), s.at, s.len);
    buf->len += s.len;
}

void buf_add_char(struct buf *buf, char c)
{
    *buf_room(buf, 1) = c;
    buf->len++;
}

void buf_add_int(struct buf *buf, int64_t value)
{
    buf_add(buf, arena_int(buf->arena, value));
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
    const char *short_form = c == '"' ? "\\\"" : c == '\\' ? "\\\\" : c == '\n' ? "\\n" : NULL;
    if (short_form) {
        buf_add(buf, (struct str){short_form, 2});
        return;
    }
    char long_form[6] = {'\\', 'u', '0', '0', hex[c >> 4], hex[c & 15]};
    buf_add(buf, (struct str){long_form, sizeof long_form});
}

void buf_add_json(struct buf *buf, struct str s)
{
    if (!s.at) {
        buf_add(buf, S("null"));
        return;
    }
    buf_add_char(buf, '"');
    size_t clean = 0;
    for (size_t i = 0; i < s.len; i++) {
        unsigned char c = (unsigned char)s.at[i];
        if (c >= 0x20 && c != '"' && c != '\\')
            continue;
        buf_add(buf, (struct str){s.at + clean, i - clean});
        add_escaped(buf, c);
        clean = i + 1;
    }
    buf_add(buf, str_from(s, clean));
    buf_add_char(buf, '"');
}

struct str buf_str(struct buf *buf)
{
    *buf_room(buf, 0) = '\0';
    return (struct str){buf->at, buf->len};
}
