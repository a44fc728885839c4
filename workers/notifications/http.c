/* SPDX-License-Identifier: EUPL-1.2 */
/* libcurl, and what it says of a call. */
#include "workers/notifications/http.h"

#include <curl/curl.h>
#include <unistd.h>

#include "workers/notifications/public.h"

enum { CONNECT_MS = 5000, RETRY_AFTER_MOST_S = 86400 };

struct http {
    CURL *curl;
    const struct setting *setting;
    const struct http_call *call;
    struct http_answer *answer;
    size_t sent;
    bool handed, stopped, forbidden;
};

/* A socket for this address, unless a receiver may not be there. */
static curl_socket_t open_socket(void *own, curlsocktype purpose, struct curl_sockaddr *address)
{
    struct http *http = own;
    bool loopback =
        strcmp(http->setting->loopback, "allowed") == 0 && public_is_loopback(&address->addr);
    (void)purpose;
    if (!public_is(&address->addr) && !loopback) {
        http->forbidden = true;
        return CURL_SOCKET_BAD;
    }
    return socket(address->family, address->socktype | SOCK_CLOEXEC, address->protocol);
}

/* The body, in pieces; the last byte is a piece of its own. */
static size_t on_body(char *into, size_t size, size_t count, void *own)
{
    struct http *http = own;
    struct str rest = str_from(http->call->body, http->sent);
    size_t room = size * count, piece = rest.len < room ? rest.len : room;
    if (rest.len > 1 && piece == rest.len)
        piece--;
    if (rest.len == 1) {
        if (!http->call->last_byte(http->call->what)) {
            http->stopped = true;
            return CURL_READFUNC_ABORT;
        }
        http->handed = true;
    }
    memcpy(into, rest.at, piece);
    http->sent += piece;
    return piece;
}

/* Nothing is sent twice: a call that has begun to send its body is not begun anew. */
static int on_seek(void *own, curl_off_t offset, int origin)
{
    const struct http *http = own;
    return offset == 0 && origin == SEEK_SET && http->sent == 0 ? CURL_SEEKFUNC_OK
                                                                : CURL_SEEKFUNC_FAIL;
}

static size_t on_answer(char *text, size_t size, size_t count, void *own)
{
    struct http *http = own;
    size_t length = size * count, room = HTTP_ANSWER - http->answer->length;
    size_t kept = length < room ? length : room;
    memcpy(http->answer->text + http->answer->length, text, kept);
    http->answer->length += kept;
    return kept; /* more than that ends the call */
}

static void set_once(struct http *http)
{
    CURL *curl = http->curl;
    curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "https");
    curl_easy_setopt(curl, CURLOPT_FOLLOWLOCATION, 0L);
    curl_easy_setopt(curl, CURLOPT_PROXY, "");
    curl_easy_setopt(curl, CURLOPT_NETRC, (long)CURL_NETRC_IGNORED);
    curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
    /* the end of a call does not wait for a name server that has not answered */
    curl_easy_setopt(curl, CURLOPT_QUICK_EXIT, 1L);
    curl_easy_setopt(curl, CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2);
    if (*http->setting->receiver_ca)
        curl_easy_setopt(curl, CURLOPT_CAINFO, http->setting->receiver_ca);
    curl_easy_setopt(curl, CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_1_1);
    curl_easy_setopt(curl, CURLOPT_FRESH_CONNECT, 1L);
    curl_easy_setopt(curl, CURLOPT_FORBID_REUSE, 1L);
    curl_easy_setopt(curl, CURLOPT_CONNECTTIMEOUT_MS, (long)CONNECT_MS);
    curl_easy_setopt(curl, CURLOPT_TIMEOUT_MS, (long)http->setting->receiver_timeout_ms);
    curl_easy_setopt(curl, CURLOPT_OPENSOCKETFUNCTION, open_socket);
    curl_easy_setopt(curl, CURLOPT_OPENSOCKETDATA, http);
    curl_easy_setopt(curl, CURLOPT_READFUNCTION, on_body);
    curl_easy_setopt(curl, CURLOPT_READDATA, http);
    curl_easy_setopt(curl, CURLOPT_SEEKFUNCTION, on_seek);
    curl_easy_setopt(curl, CURLOPT_SEEKDATA, http);
    curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, on_answer);
    curl_easy_setopt(curl, CURLOPT_WRITEDATA, http);
    curl_easy_setopt(curl, CURLOPT_USERAGENT, "Maatwerk");
}

struct http *http_new(const struct setting *setting)
{
    struct http *http = calloc(1, sizeof *http);
    if (!http || curl_global_init(CURL_GLOBAL_DEFAULT) != 0 || !(http->curl = curl_easy_init()))
        abort();
    http->setting = setting;
    set_once(http);
    return http;
}

/* A proxy that waited in vain (504) does not know either. */
static enum send_end end_of_status(long status)
{
    if (status >= 200 && status < 300)
        return SEND_ACCEPTED;
    if (status == 504)
        return SEND_UNCERTAIN;
    return status == 400 || status == 410 || status == 413 || status == 422 ? SEND_REFUSED
                                                                            : SEND_DEFERRED;
}

static const char *error_of(const struct http *http, CURLcode code)
{
    if (http->forbidden)
        return "forbidden-address";
    if (code == CURLE_OPERATION_TIMEDOUT)
        return "timeout";
    return code == CURLE_PEER_FAILED_VERIFICATION ? "tls" : "no-answer";
}

static enum send_end end_of(struct http *http, CURLcode code, struct reply *ret)
{
    long status = 0;
    curl_off_t retry_after = 0;
    curl_easy_getinfo(http->curl, CURLINFO_RESPONSE_CODE, &status);
    curl_easy_getinfo(http->curl, CURLINFO_RETRY_AFTER, &retry_after);
    ret->retry_after_s = retry_after < RETRY_AFTER_MOST_S ? (int)retry_after : RETRY_AFTER_MOST_S;
    ret->code = status >= 200 && status <= 599 ? (int)status : 0;
    ret->error = error_of(http, code);
    if (http->stopped)
        return SEND_STOPPED;
    if (ret->code && (http->handed || ret->code >= 300 || !http->call->body.at))
        return end_of_status(ret->code);
    return http->handed ? SEND_UNCERTAIN : SEND_DEFERRED;
}

enum send_end http_send(struct http *http, const struct http_call *call, struct http_answer *answer,
                        struct reply *ret)
{
    struct curl_slist *headers = curl_slist_append(NULL, "Expect:");
    for (size_t i = 0; i < HTTP_HEADERS && call->headers[i]; i++)
        headers = curl_slist_append(headers, call->headers[i]);
    http->call = call;
    http->answer = answer;
    http->sent = answer->length = 0;
    http->handed = http->stopped = http->forbidden = false;
    *ret = (struct reply){.code = 0};
    curl_easy_setopt(http->curl, CURLOPT_URL, call->url);
    curl_easy_setopt(http->curl, CURLOPT_HTTPHEADER, headers);
    curl_easy_setopt(http->curl, call->body.at ? CURLOPT_POST : CURLOPT_HTTPGET, 1L);
    if (call->body.at)
        curl_easy_setopt(http->curl, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)call->body.len);
    enum send_end end = end_of(http, curl_easy_perform(http->curl), ret);
    curl_slist_free_all(headers);
    answer->text[answer->length] = '\0';
    return end;
}
