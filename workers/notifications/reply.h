/* SPDX-License-Identifier: EUPL-1.2 */
/* What an SMTP server answers. */
#ifndef MAATWERK_NOTIFICATIONS_REPLY_H
#define MAATWERK_NOTIFICATIONS_REPLY_H

#include "lib/base/str.h"

struct reply {
    int code;        /* the last reply code (RFC 5321); 0: none */
    char status[12]; /* its enhanced status code (RFC 3463), or "" */
    char
        text[201]; /* of a reply that accepts: the rest of it, printable characters only; else "" */
    int retry_after_s;  /* over HTTP: so long it asks us to wait; 0: it does not say */
    bool about_address; /* the server says that it knows no such receiver */
    const char *error;  /* for logs, when it was not accepted: a code, never data */
};

/* Reads a line of a reply: its code, its enhanced status code and its text. Returns false when
 * it is no
 * such line. */
bool reply_read(struct str line, struct reply *ret);

#endif
