/* SPDX-License-Identifier: EUPL-1.2 */
/* Reports about messages that were sent (RFC 3464), as a mail server sends them back. */
#ifndef MAATWERK_NOTIFICATIONS_REPORT_H
#define MAATWERK_NOTIFICATIONS_REPORT_H

#include "lib/base/arena.h"

struct report {
    struct str tenant;  /* number of the municipality, digits */
    struct str message; /* identifier of the message, a UUID */
    struct str action;  /* failed, delayed, delivered, relayed or expanded */
    struct str
        proof; /* what follows the number in the address that the report goes to; or absent */
    struct str status; /* enhanced status code (RFC 3463), such as 5.1.1 */
};

/* Reads an e-mail. Returns false when it is no report, or when it says of no message of ours
 * what became of it:
 * the number of the message is in the Message-ID of what was sent, or in the address that the
 * report
 * goes to. Of several receivers the first that failed counts. The e-mail may hold any bytes. A NUL
 * follows each text. */
bool report_read(struct arena *arena, struct str mail, struct report *ret);

#endif
