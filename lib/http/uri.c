/* SPDX-License-Identifier: EUPL-1.2 */
/* Strict decoding of targets. */
#include "lib/http/uri.h"

#include <strings.h>

#include "lib/base/hex.h"
#include "lib/base/utf8.h"

static bool is_clean(struct str text)
{
    while (text.len) {
        size_t length = utf8_length(text);
        if (!length || (unsigned char)text.at[0] < 0x20 || text.at[0] == 0x7f)
            return false;
        text = str_from(text, length);
    }
    return true;
}

/* Whether the text is printable ASCII without escapes: it stands for itself. */
static bool is_plain(struct str text)
{
    bool plain = true;
    for (size_t i = 0; i < text.len; i++)
        plain &= text.at[i] > 0x20 && text.at[i] < 0x7f && text.at[i] != '%' && text.at[i] != '+';
    return plain;
}

struct str uri_decode(struct arena *arena, struct str text, bool plus)
{
    if (is_plain(text))
        return arena_copy(arena, text);
    char *into = arena_alloc(arena, text.len + 1);
    size_t length = 0;
    for (size_t i = 0; i < text.len; i++) {
        char c = text.at[i];
        if (c == '%') {
            unsigned char byte;
            if (text.len - i < 3 || !hex_read((struct str){&text.at[i + 1], 2}, &byte, 1))
                return (struct str){0};
            c = (char)byte;
            i += 2;
        } else if (c == '+' && plus) {
            c = ' ';
        }
        into[length++] = c;
    }
    struct str decoded = {into, length};
    return is_clean(decoded) ? decoded : (struct str){0};
}

void uri_encode(struct buf *out, struct str text)
{
    for (size_t i = 0; i < text.len; i++) {
        unsigned char c = (unsigned char)text.at[i];
        bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9')
                     || (c && strchr("-._~", c));
        if (plain)
            buf_add_char(out, (char)c);
        else
            buf_print(out, "%%%02X", c);
    }
}

static enum err read_path(struct ctx *ctx, struct str path, struct uri *into)
{
    if (path.len == 0 || path.at[0] != '/')
        return ERR_NOT_FOUND;
    struct str rest = str_from(path, 1);
    while (rest.at) {
        struct str segment = uri_decode(ctx->arena, str_cut(&rest, '/'), false);
        bool dots = str_equal(segment, S(".")) || str_equal(segment, S(".."));
        if (segment.len == 0 || dots || memchr(segment.at, '/', segment.len)
            || into->segments_count == LIMIT_SEGMENTS)
            return ERR_NOT_FOUND;
        into->segments[into->segments_count++] = segment;
    }
    return OK;
}

static enum err refuse(struct ctx *ctx, struct str name, enum fault_code code)
{
    fault_note(&ctx->faults, ctx->arena, FAULT_AT_PARAMETER, name, code, (struct str){0});
    return ERR_INVALID;
}

static bool has_parameter(const struct uri *uri, struct str name)
{
    for (size_t i = 0; i < uri->parameters_count; i++)
        if (str_equal(uri->parameters[i].name, name))
            return true;
    return false;
}

static enum err read_query(struct ctx *ctx, struct str query, struct uri *into)
{
    while (query.at && query.len) {
        struct str value = str_cut(&query, '&'), name = str_cut(&value, '=');
        name = uri_decode(ctx->arena, name, true);
        value = uri_decode(ctx->arena, value.at ? value : S(""), true);
        if (!name.at || !value.at)
            return refuse(ctx, S("query"), FAULT_ENCODING);
        if (has_parameter(into, name))
            return refuse(ctx, name, FAULT_REPEATED);
        if (into->parameters_count == LIMIT_PARAMETERS)
            return refuse(ctx, S("query"), FAULT_TOO_MANY);
        into->parameters[into->parameters_count++] = (struct uri_parameter){name, value};
    }
    return OK;
}

/* What follows the authority of a target in absolute-form: "/v1/x" of "http://host/v1/x". Another
 * target stays as it is. */
static struct str without_authority(struct str target)
{
    static const struct str schemes[] = {S("http://"), S("https://")};
    for (size_t i = 0; i < sizeof schemes / sizeof *schemes; i++) {
        if (target.len <= schemes[i].len
            || strncasecmp(target.at, schemes[i].at, schemes[i].len) != 0)
            continue;
        struct str rest = str_from(target, schemes[i].len);
        size_t host = 0;
        while (host < rest.len && rest.at[host] != '/' && rest.at[host] != '?')
            host++;
        bool has_user = memchr(rest.at, '@', host) != NULL;
        return host && !has_user ? str_from(rest, host) : target;
    }
    return target;
}

enum err uri_read(struct ctx *ctx, struct str target, struct uri *ret)
{
    struct str query = without_authority(target), path = str_cut(&query, '?');
    ret->segments_count = ret->parameters_count = 0;
    enum err err = read_path(ctx, path, ret);
    return err ? err : read_query(ctx, query, ret);
}
