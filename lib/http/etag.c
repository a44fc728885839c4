/* SPDX-License-Identifier: EUPL-1.2 */
/* Reading and writing entity tags. */
#include "lib/http/etag.h"

#include "lib/base/hex.h"

static struct str skip_empty(struct str s)
{
    while (s.len && (s.at[0] == ' ' || s.at[0] == '\t' || s.at[0] == ','))
        s = str_from(s, 1);
    return s;
}

/* Takes the next tag of a list. Returns false at the end of the list, and where there is no tag:
 * *rest is then not empty. */
static bool next_tag(struct str *rest, struct str *ret)
{
    struct str at = skip_empty(*rest);
    *rest = at;
    if (str_has_prefix(at, S("W/")))
        at = str_from(at, 2);
    if (at.len < 2 || at.at[0] != '"')
        return false;
    size_t end = 1;
    while (end < at.len && (unsigned char)at.at[end] >= 0x21 && at.at[end] != '"'
           && at.at[end] != 0x7f)
        end++;
    if (end == at.len || at.at[end] != '"')
        return false;
    struct str after = str_trim(str_from(at, end + 1));
    if (after.len && after.at[0] != ',')
        return false;
    *ret = (struct str){at.at, end + 1};
    *rest = after;
    return true;
}

static bool is_any(struct str value)
{
    return str_equal(str_trim(value), S("*"));
}

bool etag_is_list(struct str value)
{
    size_t count = 0;
    struct str tag;
    if (is_any(value))
        return true;
    while (next_tag(&value, &tag))
        count++;
    return count && value.len == 0;
}

bool etag_is_named(struct str value, struct str tag)
{
    struct str one;
    if (is_any(value))
        return true;
    while (next_tag(&value, &one))
        if (str_equal(one, tag))
            return true;
    return false;
}

struct str etag_versions(struct arena *arena, struct str value)
{
    /* the largest whole number that JSON carries exactly; larger ones would not fit the type in
     * SQL */
    const int64_t most = 9007199254740991;
    struct buf out = buf_in(arena);
    struct str tag;
    if (is_any(value))
        return S("{(,)}");
    buf_add_char(&out, '{');
    while (next_tag(&value, &tag)) {
        int64_t version;
        struct str text = {tag.at + 1, tag.len - 2};
        if (!str_to_int(str_cut(&text, '-'), &version) || version < 1 || version > most)
            continue;
        buf_print(&out, "%s[%lld,%lld]", out.len > 1 ? "," : "", (long long)version,
                  (long long)version);
    }
    buf_add_char(&out, '}');
    return buf_str(&out);
}

bool etag_has_version(struct str versions, int64_t version)
{
    char range[64];
    int size = snprintf(range, sizeof range, "[%lld,%lld]", (long long)version, (long long)version);
    return str_equal(versions, S("{(,)}"))
           || (versions.len && memmem(versions.at, versions.len, range, (size_t)size));
}

struct str etag_print(struct arena *arena, struct str version, struct str body)
{
    struct buf out = buf_in(arena);
    uint64_t hash = str_hash(body);
    buf_add_char(&out, '"');
    buf_add(&out, version);
    buf_add_char(&out, '-');
    hex_add(&out, (const unsigned char *)&hash, sizeof hash);
    buf_add_char(&out, '"');
    return buf_str(&out);
}
