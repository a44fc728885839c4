/* SPDX-License-Identifier: EUPL-1.2 */
/* One call over HTTPS, by libcurl, to an address that a municipality gave. It goes to the
 * machine that is connected and to no
 * other: what its name leads to is looked at when it is connected (public.h), a redirect is an
 * answer and is not followed, and no proxy
 * is asked. */
#ifndef MAATWERK_NOTIFICATIONS_HTTP_H
#define MAATWERK_NOTIFICATIONS_HTTP_H

#include "workers/notifications/end.h"
#include "workers/notifications/reply.h"
#include "workers/notifications/setting.h"

enum { HTTP_ANSWER = 4096, HTTP_HEADERS = 8 };

struct http;

struct http_call {
    const char *url;
    const char *headers[HTTP_HEADERS]; /* lines; the last one is NULL */
    struct str body;                   /* absent: it asks (GET) */
    /* Called once, when everything but the last byte is sent; NULL when it asks. False: nothing
     * more is sent. */
    bool (*last_byte)(void *what);
    void *what;
};

struct http_answer {
    char text[HTTP_ANSWER + 1]; /* the beginning of it */
    size_t length;
};

/* `setting` must stay. */
struct http *http_new(const struct setting *setting);

/* Makes the call. A status of 2xx accepts; 400, 410, 413 and 422 refuse; after 504 nobody knows;
 * any other defers, as long at least as Retry-After says. */
enum send_end http_send(struct http *http, const struct http_call *call, struct http_answer *answer,
                        struct reply *ret);

#endif
