/* SPDX-License-Identifier: EUPL-1.2 */
/* The text of an e-mail. */
#include "tests/unit/unit.h"

#include "workers/notifications/mail.h"

static struct mail plain(void)
{
    return (struct mail){.id = S("1.01920000-0000-7000-8000-0000000000b1"),
                         .date = S("Mon, 30 Nov 2026 09:00:00 +0000"),
                         .name = S("Gemeente Maasdrecht"),
                         .from = S("no-reply@post.example"),
                         .to = S("jan@x.example"),
                         .language = S("nl"),
                         .subject = S("Een bericht"),
                         .body = S("Hallo\n")};
}

static void a_plain_mail_is_readable(void **state)
{
    struct ctx *ctx = *state;
    struct mail mail = plain();
    assert_str(mail_compose(ctx->arena, &mail),
               "Date: Mon, 30 Nov 2026 09:00:00 +0000\r\n"
               "From: Gemeente Maasdrecht\r\n <no-reply@post.example>\r\n"
               "To: <jan@x.example>\r\n"
               "Subject: Een bericht\r\n"
               "Message-ID: <1.01920000-0000-7000-8000-0000000000b1@post.example>\r\n"
               "Auto-Submitted: auto-generated\r\n"
               "MIME-Version: 1.0\r\n"
               "Content-Language: nl\r\n"
               "Content-Type: text/plain; charset=utf-8\r\n"
               "Content-Transfer-Encoding: quoted-printable\r\n"
               "\r\n"
               "Hallo\r\n");
}

/* Every line is a header that we know, or goes on from one, up to the empty line. */
static void assert_headers(struct str mail)
{
    static const char *const known[] = {"Date:",
                                        "From:",
                                        "To:",
                                        "Subject:",
                                        "Message-ID:",
                                        "Auto-Submitted: auto-generated",
                                        "MIME-Version:",
                                        "Content-Language:",
                                        "Content-Type:",
                                        "Content-Transfer-Encoding:",
                                        "X-Maatwerk-Recipient:"};
    for (struct str rest = mail;;) {
        struct str line = str_cut(&rest, '\n');
        bool found = line.len == 1 || line.at[0] == ' ';
        assert_true(line.len >= 1 && line.at[line.len - 1] == '\r');
        assert_null(memchr(line.at, '\r', line.len - 1));
        for (size_t i = 0; i < sizeof known / sizeof *known; i++)
            found |= str_has_prefix(line, str_of(known[i]));
        assert_true(found);
        if (line.len == 1)
            return;
    }
}

static void no_value_begins_a_header(void **state)
{
    static const struct str evil[] = {S("a\r\nBcc: x@y.example"),        S("a\nBcc: x@y.example"),
                                      S("a\rBcc: x@y.example"),          S("a\r\n\r\nbody"),
                                      S("=?utf-8?Q?=0D=0ABcc:?="),       S("a\0b"),
                                      S("\xc3\xa9\r\nBcc: x@y.example"), S("\xff\xfe\r\nBcc: x"),
                                      S("\"a\" <b@c.example>")};
    struct ctx *ctx = *state;
    for (size_t i = 0; i < sizeof evil / sizeof *evil; i++) {
        struct mail mail = plain();
        mail.subject = mail.name = mail.receiver = mail.language = evil[i];
        struct str text = mail_compose(ctx->arena, &mail);
        assert_non_null(text.at);
        assert_headers(text);
    }
}

static void what_is_no_address_is_sent_nothing(void **state)
{
    static const struct str evil[] = {S("a@b.nl\r\nRCPT TO:<x@y.nl>"),
                                      S("a@b.nl>"),
                                      S("<a@b.nl"),
                                      S("a b@c.nl"),
                                      S("a@b"),
                                      S(""),
                                      S("a@b.nl, c@d.nl"),
                                      S("a@b.n\0l")};
    struct ctx *ctx = *state;
    for (size_t i = 0; i < sizeof evil / sizeof *evil; i++) {
        struct mail to = plain(), from = plain(), id = plain();
        to.to = from.from = id.id = evil[i];
        assert_null(mail_compose(ctx->arena, &to).at);
        assert_null(mail_compose(ctx->arena, &from).at);
    }
    struct mail mail = plain();
    mail.id = S("1>\r\nBcc: x");
    assert_null(mail_compose(ctx->arena, &mail).at);
}

static void text_in_any_language_is_encoded(void **state)
{
    struct ctx *ctx = *state;
    struct mail mail = plain();
    mail.subject = S("Een bericht voor u bij de gemeente S\xc3\xba"
                     "d-West Frysl\xc3\xa2"
                     "n staat klaar");
    mail.body = S("caf\xc3\xa9"
                  " = koffie \n\n.\nlang: 123456789 123456789 123456789 123456789 123456789 "
                  "123456789 123456789\n");
    struct str text = mail_compose(ctx->arena, &mail);
    assert_non_null(
        strstr(text.at, "Subject: =?utf-8?B?RWVuIGJlcmljaHQgdm9vciB1IGJpaiBkZSBnZW1lZW50ZSBT?=\r\n"
                        " =?utf-8?B?w7pkLVdlc3QgRnJ5c2zDom4gc3RhYXQga2xhYXI=?=\r\n"));
    assert_non_null(strstr(text.at, "\r\n\r\ncaf=C3=A9 =3D koffie=20\r\n\r\n.\r\nlang: "));
    for (struct str rest = text; rest.at;) {
        struct str line = str_cut(&rest, '\n');
        assert_true(line.len <= 77);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {UNIT(a_plain_mail_is_readable),
                                       UNIT(no_value_begins_a_header),
                                       UNIT(what_is_no_address_is_sent_nothing),
                                       UNIT(text_in_any_language_is_encoded)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
