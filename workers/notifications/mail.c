/* SPDX-License-Identifier: EUPL-1.2 */
/* Headers through one function that lets no line break pass, and a body as quoted-printable. */
#include "workers/notifications/mail.h"

#include <openssl/evp.h>

#include "lib/base/email.h"

enum {
    LINE_MOST = 76,
    PLAIN_MOST = 55, /* characters of a value that stands on one line with its name */
    WORD_BYTES = 36, /* bytes of text in an encoded word, so that it fits beside the name */
};

/* Letters, digits, and what else a value may have without a meaning of its own. */
static bool is_plain(struct str text)
{
    for (size_t i = 0; i < text.len; i++) {
        char c = text.at[i];
        bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
        if (!letter && (!c || !strchr(" .+-", c)))
            return false;
    }
    return text.len <= PLAIN_MOST;
}

static void add_word(struct buf *out, struct str part)
{
    unsigned char encoded[WORD_BYTES * 2];
    int length = EVP_EncodeBlock(encoded, (const unsigned char *)part.at, (int)part.len);
    buf_add(out, S("=?utf-8?B?"));
    buf_add(out, (struct str){(const char *)encoded, (size_t)length});
    buf_add(out, S("?="));
}

/* The only way in which text becomes a part of a header. */
static void add_value(struct buf *out, struct str text)
{
    if (is_plain(text)) {
        buf_add(out, text);
        return;
    }
    for (struct str rest = text; rest.len;) {
        struct str part = str_clip(rest, WORD_BYTES);
        if (part.len == 0) /* no UTF-8 */
            part = (struct str){rest.at, 1};
        if (rest.at != text.at)
            buf_add(out, S("\r\n "));
        add_word(out, part);
        rest = str_from(rest, part.len);
    }
}

static void add_header(struct buf *out, struct str name, struct str value)
{
    buf_add(out, name);
    buf_add(out, S(": "));
    add_value(out, value);
    buf_add(out, S("\r\n"));
}

/* A text of this program, or an address that was checked. */
static void add_fixed(struct buf *out, struct str name, struct str before, struct str value,
                      struct str after)
{
    buf_add(out, name);
    buf_add(out, S(": "));
    buf_add(out, before);
    buf_add(out, value);
    buf_add(out, after);
    buf_add(out, S("\r\n"));
}

static void add_encoded(struct buf *out, unsigned char byte)
{
    static const char digits[] = "0123456789ABCDEF";
    buf_add_char(out, '=');
    buf_add_char(out, digits[byte >> 4]);
    buf_add_char(out, digits[byte & 15]);
}

/* A line as quoted-printable (RFC 2045, 6.7). */
static void add_line(struct buf *out, struct str line)
{
    size_t width = 0;
    for (size_t i = 0; i < line.len; i++) {
        unsigned char byte = (unsigned char)line.at[i];
        bool plain = byte > ' ' && byte <= '~' && byte != '=';
        plain = plain || (byte == ' ' && i + 1 < line.len);
        size_t room = plain ? 1 : 3;
        if (width + room >= LINE_MOST) {
            buf_add(out, S("=\r\n"));
            width = 0;
        }
        width += room;
        if (plain)
            buf_add_char(out, (char)byte);
        else
            add_encoded(out, byte);
    }
    buf_add(out, S("\r\n"));
}

static void add_headers(struct buf *out, const struct mail *mail)
{
    struct str host = mail->from;
    str_cut(&host, '@');
    add_fixed(out, S("Date"), mail->date, S(""), S(""));
    buf_add(out, S("From: "));
    add_value(out, mail->name);
    buf_print(out, "\r\n <%.*s>\r\n", STR_ARG(mail->from));
    add_fixed(out, S("To"), S("<"), mail->to, S(">"));
    add_header(out, S("Subject"), mail->subject);
    buf_print(out, "Message-ID: <%.*s@%.*s>\r\n", STR_ARG(mail->id), STR_ARG(host));
    add_fixed(out, S("Auto-Submitted"), S("auto-generated"), S(""), S("")); /* RFC 3834 */
    if (mail->receiver.at)
        add_header(out, S("X-Maatwerk-Recipient"), mail->receiver);
    add_fixed(out, S("MIME-Version"), S("1.0"), S(""), S(""));
    add_header(out, S("Content-Language"), mail->language);
    add_fixed(out, S("Content-Type"), S("text/plain; charset=utf-8"), S(""), S(""));
    add_fixed(out, S("Content-Transfer-Encoding"), S("quoted-printable"), S(""), S(""));
}

static bool is_date(struct str text)
{
    for (size_t i = 0; i < text.len; i++)
        if (text.at[i] < ' ' || text.at[i] > '~')
            return false;
    return text.len > 0 && text.len < 40;
}

struct str mail_compose(struct arena *arena, const struct mail *mail)
{
    struct buf out = buf_in(arena);
    if (!email_is_address(mail->from) || !email_is_address(mail->to) || !is_plain(mail->id)
        || !is_date(mail->date))
        return (struct str){0};
    add_headers(&out, mail);
    buf_add(&out, S("\r\n"));
    for (struct str rest = mail->body; rest.at && rest.len;)
        add_line(&out, str_cut(&rest, '\n'));
    return buf_str(&out);
}
