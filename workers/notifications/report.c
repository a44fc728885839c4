/* SPDX-License-Identifier: EUPL-1.2 */
/* A multipart/report: its second part says what happened, its third one to which message. */
#include "workers/notifications/report.h"

#include <ctype.h>
#include <strings.h>

#include "lib/base/buf.h"
#include "lib/base/uuid.h"

enum { PARTS_MOST = 16, GROUPS_MOST = 100, VALUE_MOST = 2000 };

static bool equal_words(struct str a, struct str b)
{
    return a.len == b.len && strncasecmp(a.at, b.at, a.len) == 0;
}

/* The next line without its end. */
static struct str next_line(struct str *rest)
{
    struct str line = str_cut(rest, '\n');
    if (line.len && line.at[line.len - 1] == '\r')
        line.len--;
    return line;
}

/* The lines up to the first empty one; *rest becomes what follows it. */
static struct str next_group(struct str *rest)
{
    struct str whole = *rest;
    while (rest->at) {
        const char *here = rest->at;
        if (next_line(rest).len == 0)
            return (struct str){whole.at, (size_t)(here - whole.at)};
    }
    return whole;
}

static bool is_continued(struct str rest)
{
    return rest.len && (rest.at[0] == ' ' || rest.at[0] == '\t');
}

/* The value of the first header with this name, its lines joined; absent when there is none. */
static struct str header_of(struct arena *arena, struct str headers, struct str name)
{
    while (headers.at) {
        struct str value = next_line(&headers), found = str_cut(&value, ':');
        if (!value.at || !equal_words(str_trim(found), name))
            continue;
        struct buf joined = buf_in(arena);
        buf_add(&joined, str_trim(value));
        while (headers.at && is_continued(headers) && joined.len < VALUE_MOST) {
            buf_add_char(&joined, ' ');
            buf_add(&joined, str_trim(next_line(&headers)));
        }
        return buf_str(&joined);
    }
    return (struct str){0};
}

/* A parameter of Content-Type: a word, or text in quotes. */
static struct str parameter_of(struct str type, struct str name)
{
    str_cut(&type, ';');
    while (type.at) {
        struct str value = str_cut(&type, ';'), found = str_cut(&value, '=');
        if (!value.at || !equal_words(str_trim(found), name))
            continue;
        value = str_trim(value);
        if (value.len >= 2 && value.at[0] == '"' && value.at[value.len - 1] == '"')
            value = (struct str){value.at + 1, value.len - 2};
        return value;
    }
    return (struct str){0};
}

static bool is_type(struct str type, struct str wanted)
{
    return type.at && equal_words(str_trim(str_cut(&type, ';')), wanted);
}

/* Whether the line ends a part: two hyphens and the boundary (RFC 2046, 5.1.1). */
static bool is_boundary(struct str line, struct str boundary)
{
    return line.len >= boundary.len + 2 && str_has_prefix(line, S("--"))
           && str_has_prefix(str_from(line, 2), boundary);
}

/* The text up to the next boundary; *rest becomes what follows it. */
static struct str next_part(struct str *rest, struct str boundary)
{
    struct str whole = *rest;
    while (rest->at) {
        const char *here = rest->at;
        if (is_boundary(next_line(rest), boundary))
            return (struct str){whole.at, (size_t)(here - whole.at)};
    }
    return whole;
}

/* What follows the number: a point, and hexadecimal digits. */
static struct str proof_after(struct str rest)
{
    size_t len = 0;
    if (!rest.len || rest.at[0] != '.')
        return (struct str){0};
    rest = str_from(rest, 1);
    while (len < rest.len && isxdigit((unsigned char)rest.at[len]))
        len++;
    return (struct str){rest.at, len};
}

/* Finds <digits>.<UUID> anywhere in the text. */
static bool find_number(struct str text, struct report *ret)
{
    for (size_t dot = 1; dot + UUID_TEXT_LEN < text.len; dot++) {
        struct str message = {text.at + dot + 1, UUID_TEXT_LEN};
        struct uuid id;
        size_t from = dot;
        if (text.at[dot] != '.' || !uuid_read(message, &id))
            continue;
        while (from > 0 && text.at[from - 1] >= '0' && text.at[from - 1] <= '9')
            from--;
        if (from == dot || dot - from > 9)
            continue;
        ret->tenant = (struct str){text.at + from, dot - from};
        ret->message = message;
        ret->proof = proof_after(str_from(text, dot + 1 + UUID_TEXT_LEN));
        return true;
    }
    return false;
}

static bool is_action(struct str action)
{
    static const struct str known[] = {S("failed"), S("delayed"), S("delivered"), S("relayed"),
                                       S("expanded")};
    for (size_t i = 0; i < sizeof known / sizeof *known; i++)
        if (equal_words(action, known[i]))
            return true;
    return false;
}

/* class.subject.detail (RFC 3463, 2). */
static bool is_status(struct str status)
{
    struct str rest = status, class = str_cut(&rest, '.');
    if (class.len != 1 || !strchr("245", class.at[0]) || !rest.at)
        return false;
    for (int i = 0; i < 2; i++) {
        struct str number = str_cut(&rest, '.');
        int64_t value = 0;
        if (number.len == 0 || number.len > 3 || !str_to_int(number, &value) || value < 0)
            return false;
    }
    return !rest.at;
}

static struct str lower(struct arena *arena, struct str text)
{
    struct buf out = buf_in(arena);
    for (size_t i = 0; i < text.len; i++)
        buf_add_char(&out, (char)(text.at[i] | ' '));
    return buf_str(&out);
}

/* What happened: a group of headers about the message, and one about each receiver. */
static void read_status(struct arena *arena, struct str part, struct report *report)
{
    for (int i = 0; i < GROUPS_MOST && part.at; i++) {
        struct str group = next_group(&part);
        struct str action = header_of(arena, group, S("Action"));
        struct str word = header_of(arena, group, S("Status")), status = str_cut(&word, ' ');
        if (!action.at || !is_action(action) || !status.at || !is_status(status))
            continue;
        if (report->action.at && !equal_words(action, S("failed")))
            continue;
        report->action = lower(arena, action);
        report->status = status;
        if (str_equal(report->action, S("failed")))
            return;
    }
}

static void read_part(struct arena *arena, struct str part, struct report *report)
{
    struct str type = header_of(arena, next_group(&part), S("Content-Type"));
    if (is_type(type, S("message/delivery-status"))
        || is_type(type, S("message/global-delivery-status")))
        read_status(arena, part, report);
    else if (is_type(type, S("message/rfc822")) || is_type(type, S("text/rfc822-headers"))
             || is_type(type, S("message/global")) || is_type(type, S("message/global-headers")))
        find_number(header_of(arena, next_group(&part), S("Message-ID")), report);
}

bool report_read(struct arena *arena, struct str mail, struct report *ret)
{
    struct report report = {0}, address = {0};
    struct str rest = mail, headers = next_group(&rest);
    struct str type = header_of(arena, headers, S("Content-Type"));
    struct str boundary = parameter_of(type, S("boundary"));
    if (!is_type(type, S("multipart/report")) || !boundary.at || boundary.len == 0
        || boundary.len > 70
        || !equal_words(parameter_of(type, S("report-type")), S("delivery-status")))
        return false;
    next_part(&rest, boundary);
    for (int i = 0; i < PARTS_MOST && rest.at; i++)
        read_part(arena, next_part(&rest, boundary), &report);
    find_number(header_of(arena, headers, S("To")), &address);
    if (!report.message.at) {
        report.tenant = address.tenant;
        report.message = address.message;
    }
    if (!report.message.at || !report.action.at)
        return false;
    *ret = (struct report){.tenant = arena_copy(arena, report.tenant),
                           .message = arena_copy(arena, report.message),
                           .action = report.action,
                           .proof = arena_copy(arena, address.proof),
                           .status = arena_copy(arena, report.status)};
    return true;
}
