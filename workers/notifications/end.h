/* SPDX-License-Identifier: EUPL-1.2 */
/* How an attempt to send a message ends, whatever its channel. */
#ifndef MAATWERK_NOTIFICATIONS_END_H
#define MAATWERK_NOTIFICATIONS_END_H

enum send_end {
    SEND_ACCEPTED,
    SEND_DEFERRED,  /* not accepted, or not reached before the last byte; later perhaps */
    SEND_REFUSED,   /* not accepted: about the receiver or the text */
    SEND_UNCERTAIN, /* the last byte may have been sent, and no answer came */
    SEND_OUTAGE,  /* no mail server that takes messages from us: nothing is known about this one */
    SEND_STOPPED, /* the caller did not let the last byte go */
};

#endif
