/* SPDX-License-Identifier: EUPL-1.2 */
/* What libcurl says of a transfer becomes one of six ends. */
#include "workers/notifications/smtp.h"

#include <curl/curl.h>

#include "lib/base/secret.h"

enum { CONNECT_MS = 10000 };

/* How far the conversation about this message came. */
enum step { STEP_NONE, STEP_SENDER, STEP_RECEIVER, STEP_TEXT, STEP_HANDED };

struct smtp {
    CURL *curl;
    struct reply *reply;
    const struct smtp_mail *mail;
    size_t sent; /* bytes of the text */
    enum step step;
    bool answered; /* since the last step */
    bool stopped;
};

/* Each line that the server says. */
static size_t on_line(char *line, size_t size, size_t count, void *own)
{
    struct smtp *smtp = own;
    bool over = smtp->answered && smtp->reply->code >= 400; /* what follows answers QUIT */
    if (!over && reply_read((struct str){line, size * count}, smtp->reply))
        smtp->answered = true;
    return size * count;
}

/* Each command that is sent; of a login only that it is none of these. */
static int on_talk(CURL *curl, curl_infotype type, char *line, size_t length, void *own)
{
    static const struct {
        struct str verb;
        enum step step;
    } verbs[] = {{S("MAIL FROM:"), STEP_SENDER},
                 {S("RCPT TO:"), STEP_RECEIVER},
                 {S("DATA"), STEP_TEXT}};
    struct smtp *smtp = own;
    (void)curl;
    for (size_t i = 0; type == CURLINFO_HEADER_OUT && i < sizeof verbs / sizeof *verbs; i++)
        if (str_has_prefix((struct str){line, length}, verbs[i].verb)) {
            smtp->step = verbs[i].step;
            smtp->answered = false;
        }
    return 0;
}

/* The text, in pieces. After the last one libcurl sends the end of the text, which is what
 * the server answers. */
static size_t on_text(char *into, size_t size, size_t count, void *own)
{
    struct smtp *smtp = own;
    struct str rest = str_from(smtp->mail->text, smtp->sent);
    size_t piece = rest.len < size * count ? rest.len : size * count;
    if (piece == 0 && !smtp->mail->last_byte(smtp->mail->what)) {
        smtp->stopped = true;
        return CURL_READFUNC_ABORT;
    }
    if (piece == 0) {
        smtp->step = STEP_HANDED;
        smtp->answered = false;
    }
    memcpy(into, rest.at, piece);
    smtp->sent += piece;
    return piece;
}

static bool set_login(struct smtp *smtp, const struct setting *setting)
{
    char secret[SECRET_ROOM];
    if (!*setting->user)
        return true;
    if (!secret_read(setting->secrets, "smtp", secret)) {
        fprintf(stderr, "{\"event\":\"setting-refused\",\"name\":\"MAATWERK_SMTP_SECRETS\"}\n");
        return false;
    }
    curl_easy_setopt(smtp->curl, CURLOPT_USERNAME, setting->user);
    curl_easy_setopt(smtp->curl, CURLOPT_PASSWORD, secret);
    explicit_bzero(secret, sizeof secret);
    return true;
}

/* The last part of the address is the name that EHLO gives: the domain of the sender. */
static void set_server(CURL *curl, const struct setting *setting)
{
    char url[512];
    struct str domain = str_of(setting->from);
    str_cut(&domain, '@');
    snprintf(url, sizeof url, "%s/%.*s", setting->server, STR_ARG(domain));
    curl_easy_setopt(curl, CURLOPT_URL, url);
}

static void set_connection(CURL *curl, const struct setting *setting)
{
    bool off = strcmp(setting->tls, "off") == 0;
    curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "smtp,smtps");
    curl_easy_setopt(curl, CURLOPT_USE_SSL, off ? (long)CURLUSESSL_NONE : (long)CURLUSESSL_ALL);
    curl_easy_setopt(curl, CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2);
    if (*setting->authorities)
        curl_easy_setopt(curl, CURLOPT_CAINFO, setting->authorities);
    curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(curl, CURLOPT_PROXY, "");
    curl_easy_setopt(curl, CURLOPT_NETRC, (long)CURL_NETRC_IGNORED);
    curl_easy_setopt(curl, CURLOPT_CONNECTTIMEOUT_MS,
                     (long)(setting->timeout_ms < CONNECT_MS ? setting->timeout_ms : CONNECT_MS));
    curl_easy_setopt(curl, CURLOPT_SERVER_RESPONSE_TIMEOUT,
                     (long)(setting->timeout_ms + 999) / 1000);
    curl_easy_setopt(curl, CURLOPT_TIMEOUT_MS, (long)setting->timeout_ms);
}

struct smtp *smtp_new(const struct setting *setting)
{
    struct smtp *smtp = calloc(1, sizeof *smtp);
    if (!smtp || curl_global_init(CURL_GLOBAL_DEFAULT) != 0 || !(smtp->curl = curl_easy_init()))
        abort();
    set_server(smtp->curl, setting);
    set_connection(smtp->curl, setting);
    curl_easy_setopt(smtp->curl, CURLOPT_UPLOAD, 1L);
    curl_easy_setopt(smtp->curl, CURLOPT_VERBOSE, 1L);
    curl_easy_setopt(smtp->curl, CURLOPT_DEBUGFUNCTION, on_talk);
    curl_easy_setopt(smtp->curl, CURLOPT_DEBUGDATA, smtp);
    curl_easy_setopt(smtp->curl, CURLOPT_HEADERFUNCTION, on_line);
    curl_easy_setopt(smtp->curl, CURLOPT_HEADERDATA, smtp);
    curl_easy_setopt(smtp->curl, CURLOPT_READFUNCTION, on_text);
    curl_easy_setopt(smtp->curl, CURLOPT_READDATA, smtp);
    if (set_login(smtp, setting))
        return smtp;
    curl_easy_cleanup(smtp->curl);
    free(smtp);
    return NULL;
}

static const char *error_of(enum step step, int class, CURLcode code)
{
    if (step == STEP_SENDER && class == 5)
        return "sender-refused";
    if (code == CURLE_OPERATION_TIMEDOUT)
        return "timeout";
    if (code == CURLE_PEER_FAILED_VERIFICATION || code == CURLE_SSL_CONNECT_ERROR
        || code == CURLE_USE_SSL_FAILED || code == CURLE_SSL_CACERT_BADFILE)
        return "tls";
    if (code == CURLE_LOGIN_DENIED)
        return "login";
    return step == STEP_NONE ? "no-server" : "no-answer";
}

/* Where the address is that the server does not know: X.1.x (RFC 3463, 3.2); without such a
 * code, 550 and 553
 * after the receiver was named. */
static bool is_about_address(const struct smtp *smtp)
{
    const struct reply *reply = smtp->reply;
    if (smtp->step != STEP_RECEIVER)
        return false;
    return *reply->status ? strncmp(reply->status, "5.1.", 4) == 0
                          : reply->code == 550 || reply->code == 553;
}

static enum send_end end_of(struct smtp *smtp, CURLcode code)
{
    int class = smtp->answered ? smtp->reply->code / 100 : 0;
    if (!smtp->answered)
        *smtp->reply = (struct reply){0};
    smtp->reply->error = error_of(smtp->step, class, code);
    if (smtp->stopped)
        return SEND_STOPPED;
    if (smtp->step == STEP_HANDED && class == 2)
        return SEND_ACCEPTED;
    if (smtp->step == STEP_HANDED && class != 4 && class != 5)
        return SEND_UNCERTAIN;
    if (smtp->step == STEP_NONE || (smtp->step == STEP_SENDER && class == 5))
        return SEND_OUTAGE;
    smtp->reply->about_address = is_about_address(smtp);
    return class == 5 ? SEND_REFUSED : SEND_DEFERRED;
}

static enum send_end try(struct smtp *smtp, bool fresh)
{
    smtp->sent = 0;
    smtp->step = STEP_NONE;
    smtp->answered = smtp->stopped = false;
    *smtp->reply = (struct reply){0};
    curl_easy_setopt(smtp->curl, CURLOPT_FRESH_CONNECT, fresh ? 1L : 0L);
    return end_of(smtp, curl_easy_perform(smtp->curl));
}

/* The server may have closed a connection that was open: the first command then gets no answer, and
 * a new connection is made at once. */
enum send_end smtp_send(struct smtp *smtp, const struct smtp_mail *mail, struct reply *ret)
{
    struct curl_slist *to = curl_slist_append(NULL, mail->to);
    long connected = 0;
    smtp->mail = mail;
    smtp->reply = ret;
    curl_easy_setopt(smtp->curl, CURLOPT_MAIL_FROM, mail->from);
    curl_easy_setopt(smtp->curl, CURLOPT_MAIL_RCPT, to);
    enum send_end end = try(smtp, false);
    curl_easy_getinfo(smtp->curl, CURLINFO_NUM_CONNECTS, &connected);
    if (connected == 0 && smtp->step <= STEP_SENDER && (!smtp->answered || ret->code == 421))
        end = try(smtp, true);
    curl_slist_free_all(to);
    return end;
}
