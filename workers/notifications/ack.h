/* SPDX-License-Identifier: EUPL-1.2 */
/* Acknowledgements, as the one who collects a folder puts them in its `ack`:
 *
 *   {"acknowledgements": [{"message": "<number>", "status": "taken", "reference": "…"}, …]}
 *
 * `taken` it is there, and nothing more is needed (`already`: it was there before) · `done` it
 * went on, or was dealt with ·
 * `refused` it is not taken · `returned` it came back */
#ifndef MAATWERK_NOTIFICATIONS_ACK_H
#define MAATWERK_NOTIFICATIONS_ACK_H

#include "lib/base/ctx.h"

enum { ACK_MOST = 1000, ACK_REFERENCE = 60 };

struct ack {
    struct str tenant;    /* number of the municipality, digits */
    struct str message;   /* identifier of the message, a UUID */
    struct str what;      /* taken, done, refused or returned */
    struct str reference; /* of the other side: letters, digits and . : / _ -; or absent */
};

/* Reads a file of any bytes. Returns how many acknowledgements it has, at most ACK_MOST; those
 * that are none are left out. A NUL follows
 * each text. */
size_t ack_read(struct ctx *ctx, struct str text, struct ack ret[ACK_MOST]);

#endif
