/* SPDX-License-Identifier: EUPL-1.2 */
/* What a child of this worker has. */
#ifndef MAATWERK_NOTIFICATIONS_SENDER_H
#define MAATWERK_NOTIFICATIONS_SENDER_H

#include "lib/base/secret.h"
#include "workers/notifications/http.h"
#include "workers/notifications/smtp.h"

/* How an attempt ended. */
struct ended {
    struct str message, attempt, begun; /* absent: there is none */
    enum send_end end;
    struct reply reply;
};

struct sender {
    struct setting setting;
    struct http *http;
    struct smtp *smtp;  /* NULL: without a server, or into a folder */
    const char *folder; /* into which e-mails go instead; NULL: to the server */
    int64_t looked_ms;  /* when reports and acknowledgements were looked for */
    struct reply reply; /* to the message that was sent last */
    /* of the job that is being done: */
    struct ended ended; /* is not written down yet */
    bool apart;         /* each message that it has not sent gets a job of its own */
};

/* For `start` of struct worker. The process ends when a setting cannot be used. */
void *sender_new(void);

#endif
