/* SPDX-License-Identifier: EUPL-1.2 */
/* Acknowledgements are read from the folders of receivers, beside the jobs. */
#ifndef MAATWERK_NOTIFICATIONS_COLLECT_H
#define MAATWERK_NOTIFICATIONS_COLLECT_H

#include "lib/db/session.h"
#include "workers/notifications/sender.h"

/* Reads what is new in the `ack/new` of each folder of MAATWERK_DROPS. A file that was noted, or
 * is no acknowledgement, moves to
 * `cur`; one that is read twice changes nothing. A folder speaks for the messages of its
 * municipality only. */
void collect_look(struct sender *sender, struct session *db);

#endif
