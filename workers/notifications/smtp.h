/* SPDX-License-Identifier: EUPL-1.2 */
/* One e-mail to one address, over SMTP (RFC 5321) by libcurl. The connection stays open for the
 * next one. */
#ifndef MAATWERK_NOTIFICATIONS_SMTP_H
#define MAATWERK_NOTIFICATIONS_SMTP_H

#include "workers/notifications/end.h"
#include "workers/notifications/reply.h"
#include "workers/notifications/setting.h"

struct smtp;

struct smtp_mail {
    const char *from, *to; /* of the envelope; addresses (lib/base/email.h) */
    struct str text;       /* with CRLF */
    /* Called once, when everything but the last byte is sent. False: nothing more is sent, and the
     * server must discard what it has. */
    bool (*last_byte)(void *what);
    void *what;
};

/* A connection that is made when it is first used. `setting` must stay. Returns NULL, after a
 * line on
 * stderr, when a password is named and cannot be read. */
struct smtp *smtp_new(const struct setting *setting);

enum send_end smtp_send(struct smtp *smtp, const struct smtp_mail *mail, struct reply *ret);

#endif
