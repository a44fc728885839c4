/* SPDX-License-Identifier: EUPL-1.2 */
/* A folder of e-mails: tmp, new and cur, one file for each. */
#ifndef MAATWERK_NOTIFICATIONS_MAILDIR_H
#define MAATWERK_NOTIFICATIONS_MAILDIR_H

#include "workers/notifications/smtp.h"

/* Puts the e-mail in the folder instead of sending it: for development, where there is no
 * server. Makes
 * the folder when it is not there. */
enum send_end maildir_deliver(const char *folder, const struct smtp_mail *mail, struct reply *ret);

/* Opens a folder in a folder that is open; less than 0 when it is none, or a link. */
int maildir_open(int inside, const char *name);

/* Calls `read` for at most `most` files of `new`, with the first part of each, and moves a file to
 * `cur` when it returns true. `folder` is open, and stays so. Others may write into it: no link in
 * it leads to the files of somebody else. Returns how many were moved. */
size_t maildir_read(int folder, size_t most, bool (*read)(void *what, struct str text), void *what);

#endif
