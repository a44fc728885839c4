/* SPDX-License-Identifier: EUPL-1.2 */
/* Reads ahead from each brace: a mark ends within its paragraph. */
#include "workers/documents/marks.h"

enum { NAME_MOST = 40 };

struct ahead {
    struct str xml;
    size_t at;
    struct buf tags, name;
    int braces;
};

/* Goes past a tag, which is kept for after the mark. A paragraph or heading ends there. */
static bool pass_tag(struct ahead *ahead)
{
    struct str rest = str_from(ahead->xml, ahead->at);
    const char *close = memchr(rest.at, '>', rest.len);
    if (!close || str_has_prefix(rest, S("</text:p>")) || str_has_prefix(rest, S("</text:h>"))
        || str_has_prefix(rest, S("<!--")))
        return false;
    struct str tag = {rest.at, (size_t)(close - rest.at) + 1};
    buf_add(&ahead->tags, tag);
    ahead->at += tag.len;
    return true;
}

static bool is_letter(char c)
{
    return (c >= 'a' && c <= 'z') || c == '_' || c == '.';
}

/* One character of a mark: two braces, a name with spaces around it, two braces. */
static bool pass_character(struct ahead *ahead)
{
    static const struct str space = S("\xc2\xa0");
    struct str rest = str_from(ahead->xml, ahead->at);
    char c = rest.at[0];
    bool spaced = c == ' ' || str_has_prefix(rest, space);
    if (c == '{' && ahead->braces < 2)
        ahead->braces++;
    else if (c == '}' && ahead->braces >= 2 && ahead->name.len)
        ahead->braces++;
    else if (is_letter(c) && ahead->braces == 2 && ahead->name.len < NAME_MOST)
        buf_add_char(&ahead->name, c);
    else if (!spaced || ahead->braces < 2)
        return false;
    ahead->at += spaced && c != ' ' ? space.len : 1;
    return true;
}

/* Where the mark ends that begins at `at`; 0 when none does. */
static size_t read_mark(struct arena *arena, struct str xml, size_t at, struct buf *out)
{
    struct ahead ahead = {xml, at, buf_in(arena), buf_in(arena), 0};
    while (ahead.braces < 4)
        if (ahead.at >= xml.len || !(xml.at[ahead.at] == '<' ? pass_tag : pass_character)(&ahead))
            return 0;
    buf_add(out, S("{{"));
    buf_add(out, buf_str(&ahead.name));
    buf_add(out, S("}}"));
    buf_add(out, buf_str(&ahead.tags));
    return ahead.at;
}

struct str marks_join(struct arena *arena, struct str xml)
{
    struct buf out = buf_in(arena);
    bool inside = false;
    for (size_t i = 0; i < xml.len;) {
        char c = xml.at[i];
        size_t end = c == '{' && !inside ? read_mark(arena, xml, i, &out) : 0;
        inside = c == '<' || (inside && c != '>');
        if (!end)
            buf_add_char(&out, c);
        i = end ? end : i + 1;
    }
    return buf_str(&out);
}

bool marks_has(struct arena *arena, struct str xml, struct str name)
{
    struct str mark = arena_print(arena, "{{%.*s}}", STR_ARG(name));
    return xml.len && memmem(xml.at, xml.len, mark.at, mark.len);
}
