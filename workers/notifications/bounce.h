/* SPDX-License-Identifier: EUPL-1.2 */
/* What comes back is read from folders, beside the jobs: reports here, acknowledgements in
 * collect.h. */
#ifndef MAATWERK_NOTIFICATIONS_BOUNCE_H
#define MAATWERK_NOTIFICATIONS_BOUNCE_H

#include "lib/db/session.h"

/* For `beside` of struct worker: once a second reads what is new in the folder of
 * MAATWERK_MAIL_DROP. A file that
 * was noted, or is no report about a message of ours, moves to `cur`. One that is read twice is
 * noted once. */
void bounce_look(void *sender, struct session *db);

#endif
