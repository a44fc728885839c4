/* SPDX-License-Identifier: EUPL-1.2 */
/* Reads the text once, from its start to its end, and builds nothing. */
#include "lib/json/scan.h"

#include "lib/base/hex.h"
#include "lib/base/limits.h"
#include "lib/base/utf8.h"

struct name {
    struct str text;
    struct name *next;
};

struct scan {
    struct arena *arena;
    const unsigned char *at, *start, *end;
    enum fault_code code; /* of the first fault, or FAULT_NONE */
    int depth;
};

static bool refuse(struct scan *scan, enum fault_code code)
{
    if (!scan->code)
        scan->code = code;
    return false;
}

static void skip_space(struct scan *scan)
{
    while (scan->at < scan->end
           && (*scan->at == ' ' || *scan->at == '\t' || *scan->at == '\n' || *scan->at == '\r'))
        scan->at++;
}

/* Four digits, as in \u00e9. */
static bool read_hex4(const struct scan *scan, const unsigned char *at, unsigned *ret)
{
    unsigned char bytes[2] = {0};
    if (scan->end - at < 4 || !hex_read((struct str){(const char *)at, 4}, bytes, 2))
        return false;
    *ret = (unsigned)bytes[0] << 8 | bytes[1];
    return true;
}

/* At the 'u' of \uXXXX. A pair of surrogates must be whole. */
static bool scan_unicode(struct scan *scan)
{
    unsigned first, second;
    if (!read_hex4(scan, scan->at + 1, &first))
        return refuse(scan, FAULT_JSON_SYNTAX);
    if (first == 0)
        return refuse(scan, FAULT_JSON_NUL);
    scan->at += 5;
    if (first < 0xd800 || first > 0xdfff)
        return true;
    if (first > 0xdbff || scan->end - scan->at < 6 || scan->at[0] != '\\' || scan->at[1] != 'u')
        return refuse(scan, FAULT_JSON_UTF8);
    if (!read_hex4(scan, scan->at + 2, &second) || second < 0xdc00 || second > 0xdfff)
        return refuse(scan, FAULT_JSON_UTF8);
    scan->at += 6;
    return true;
}

static bool scan_escape(struct scan *scan)
{
    scan->at++;
    if (scan->at == scan->end)
        return refuse(scan, FAULT_JSON_SYNTAX);
    if (*scan->at == 'u')
        return scan_unicode(scan);
    if (*scan->at == 0 || !strchr("\"\\/bfnrt", *scan->at))
        return refuse(scan, FAULT_JSON_SYNTAX);
    scan->at++;
    return true;
}

static bool scan_string(struct scan *scan, bool escapes)
{
    scan->at++;
    while (scan->at < scan->end && *scan->at != '"') {
        if (*scan->at < 0x20)
            return refuse(scan, *scan->at == 0 ? FAULT_JSON_NUL : FAULT_JSON_SYNTAX);
        if (*scan->at == '\\') {
            if (!escapes)
                return refuse(scan, FAULT_JSON_SYNTAX);
            if (!scan_escape(scan))
                return false;
            continue;
        }
        size_t length =
            utf8_length((struct str){(const char *)scan->at, (size_t)(scan->end - scan->at)});
        if (length == 0)
            return refuse(scan, FAULT_JSON_UTF8);
        scan->at += length;
    }
    if (scan->at == scan->end)
        return refuse(scan, FAULT_JSON_SYNTAX);
    scan->at++;
    return true;
}

static size_t scan_digits(struct scan *scan)
{
    const unsigned char *from = scan->at;
    while (scan->at < scan->end && *scan->at >= '0' && *scan->at <= '9')
        scan->at++;
    return (size_t)(scan->at - from);
}

static bool scan_number(struct scan *scan)
{
    const unsigned char *from = scan->at;
    if (*scan->at == '-')
        scan->at++;
    const unsigned char *first = scan->at;
    size_t digits = scan_digits(scan);
    if (digits == 0 || (digits > 1 && *first == '0'))
        return refuse(scan, FAULT_JSON_NUMBER);
    if (scan->at < scan->end && *scan->at == '.') {
        scan->at++;
        if (scan_digits(scan) == 0)
            return refuse(scan, FAULT_JSON_NUMBER);
    }
    if (scan->at < scan->end && (*scan->at == 'e' || *scan->at == 'E')) {
        scan->at++;
        if (scan->at < scan->end && (*scan->at == '+' || *scan->at == '-'))
            scan->at++;
        size_t exponent = scan_digits(scan);
        if (exponent == 0 || exponent > 2)
            return refuse(scan, FAULT_JSON_NUMBER);
    }
    return scan->at - from <= LIMIT_JSON_NUMBER || refuse(scan, FAULT_JSON_NUMBER);
}

static bool scan_word(struct scan *scan, struct str word)
{
    if ((size_t)(scan->end - scan->at) < word.len || memcmp(scan->at, word.at, word.len) != 0)
        return refuse(scan, FAULT_JSON_SYNTAX);
    scan->at += word.len;
    return true;
}

static bool scan_value(struct scan *scan);

static bool scan_name(struct scan *scan, struct name **names)
{
    const unsigned char *from = scan->at;
    if (scan->at == scan->end || *scan->at != '"')
        return refuse(scan, FAULT_JSON_SYNTAX);
    if (!scan_string(scan, false)) /* escapes in names would hide duplicates */
        return false;
    struct str text = {(const char *)from, (size_t)(scan->at - from)};
    for (const struct name *n = *names; n; n = n->next)
        if (str_equal(n->text, text))
            return refuse(scan, FAULT_JSON_DUPLICATE);
    struct name *name = ARENA_NEW(scan->arena, struct name);
    *name = (struct name){text, *names};
    *names = name;
    return true;
}

/* After a member: true when the text goes on as it should; *done says that `close` came. */
static bool scan_next(struct scan *scan, unsigned char close, bool *done)
{
    skip_space(scan);
    if (scan->at == scan->end || (*scan->at != ',' && *scan->at != close))
        return refuse(scan, FAULT_JSON_SYNTAX);
    *done = *scan->at++ == close;
    return true;
}

static bool scan_members(struct scan *scan, unsigned char close)
{
    struct name *names = NULL;
    bool done = false;
    size_t limit = close == '}' ? LIMIT_JSON_MEMBERS : LIMIT_JSON_ITEMS;
    scan->at++;
    skip_space(scan);
    if (scan->at < scan->end && *scan->at == close) {
        scan->at++;
        return true;
    }
    for (size_t count = 1; !done; count++) {
        if (count > limit)
            return refuse(scan, FAULT_JSON_SIZE);
        skip_space(scan);
        if (close == '}') {
            if (!scan_name(scan, &names))
                return false;
            skip_space(scan);
            if (scan->at == scan->end || *scan->at++ != ':')
                return refuse(scan, FAULT_JSON_SYNTAX);
        }
        if (!scan_value(scan) || !scan_next(scan, close, &done))
            return false;
    }
    return true;
}

static bool scan_nested(struct scan *scan, unsigned char close)
{
    if (++scan->depth > LIMIT_JSON_DEPTH)
        return refuse(scan, FAULT_JSON_DEPTH);
    bool fits = scan_members(scan, close);
    scan->depth--;
    return fits;
}

static bool scan_value(struct scan *scan)
{
    skip_space(scan);
    if (scan->at == scan->end)
        return refuse(scan, FAULT_JSON_SYNTAX);
    switch (*scan->at) {
    case '{': return scan_nested(scan, '}');
    case '[': return scan_nested(scan, ']');
    case '"': return scan_string(scan, true);
    case 't': return scan_word(scan, S("true"));
    case 'f': return scan_word(scan, S("false"));
    case 'n': return scan_word(scan, S("null"));
    default:
        return strchr("+-.0123456789", *scan->at) && *scan->at ? scan_number(scan)
                                                               : refuse(scan, FAULT_JSON_SYNTAX);
    }
}

enum err json_scan(struct ctx *ctx, struct str text)
{
    const unsigned char *start = (const unsigned char *)text.at;
    struct scan scan = {.arena = ctx->arena, .at = start, .start = start, .end = start + text.len};
    bool fits = scan_value(&scan);
    if (fits) {
        skip_space(&scan);
        fits = scan.at == scan.end || refuse(&scan, FAULT_JSON_SYNTAX);
    }
    if (fits)
        return OK;
    fault_note(&ctx->faults, ctx->arena, FAULT_AT_BODY, S(""), scan.code,
               arena_print(ctx->arena, "byte %zu", (size_t)(scan.at - scan.start)));
    return ERR_INVALID;
}
