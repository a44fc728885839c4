/* SPDX-License-Identifier: EUPL-1.2 */
/* One e-mail to one address, over SMTP (RFC 5321) by libcurl. The connection stays open for the
 * next one. */
#ifndef MAATWERK_NOTIFICATIONS_SMTP_H
#define MAATWERK_NOTIFICATIONS_SMTP_H

#include "workers/notifications/reply.h"
#include "workers/notifications/setting.h"

struct smtp;

enum smtp_end {
    SMTP_ACCEPTED,
    SMTP_DEFERRED,  /* not accepted: 4xx, or no answer before the last byte; later perhaps */
    SMTP_REFUSED,   /* not accepted: 5xx, about the receiver or the text */
    SMTP_UNCERTAIN, /* the last byte may have been sent, and no answer came */
    SMTP_OUTAGE,    /* no server that takes messages from us: nothing is known about this one */
    SMTP_STOPPED,   /* the caller did not let the last byte go */
};

struct smtp_mail {
    const char *from, *to; /* of the envelope; addresses (lib/base/email.h) */
    struct str text;       /* with CRLF */
    /* Called once, when everything but the last byte is sent. False: nothing more is sent, and the
     * server must discard what it has. */
    bool (*last_byte)(void *what);
    void *what;
};

/* A connection that is made when it is first used. `setting` must stay. Returns NULL, after a line on
 * stderr, when a password is named and cannot be read. */
struct smtp *smtp_new(const struct setting *setting);

enum smtp_end smtp_send(struct smtp *smtp, const struct smtp_mail *mail, struct reply *ret);

#endif
