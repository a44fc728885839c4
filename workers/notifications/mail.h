/* SPDX-License-Identifier: EUPL-1.2 */
/* The text of an e-mail (RFC 5322, RFC 2045 to 2047). */
#ifndef MAATWERK_NOTIFICATIONS_MAIL_H
#define MAATWERK_NOTIFICATIONS_MAIL_H

#include "lib/base/buf.h"

struct mail {
    struct str id;       /* of the message: stable, of letters, digits, dots and hyphens */
    struct str date;     /* as RFC 5322 writes it */
    struct str name;     /* of the sender, for people */
    struct str from, to; /* addresses */
    struct str language; /* nl or en */
    struct str subject;
    struct str receiver; /* whom it is for, when it goes to an address for trials; or absent */
    struct str body;     /* lines that end with LF */
};

/* The whole e-mail: lines that end with CRLF, of ASCII only, and of at most 76 characters unless
 * an address
 * is longer. Absent when an address is no address (lib/base/email.h). No value can begin a header
 * of its own: what is more than a plain line becomes encoded words (RFC 2047). */
struct str mail_compose(struct arena *arena, const struct mail *mail);

#endif
