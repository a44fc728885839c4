/* SPDX-License-Identifier: EUPL-1.2 */
/* A folder of e-mails: tmp, new and cur, one file for each. */
#ifndef MAATWERK_NOTIFICATIONS_MAILDIR_H
#define MAATWERK_NOTIFICATIONS_MAILDIR_H

#include "workers/notifications/smtp.h"

/* Puts the e-mail in the folder instead of sending it: for development, where there is no
 * server. Makes
 * the folder when it is not there. */
enum send_end maildir_deliver(const char *folder, const struct smtp_mail *mail, struct reply *ret);

/* Calls `read` for at most `most` files of `new`, with the first `room` bytes of each, and moves
 * a file to `cur`
 * when it returns true. Returns how many were moved. */
size_t maildir_read(const char *folder, size_t most, bool (*read)(void *what, struct str text),
                    void *what);

#endif
