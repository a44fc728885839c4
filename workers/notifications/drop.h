/* SPDX-License-Identifier: EUPL-1.2 */
/* A message in a folder that somebody collects. */
#ifndef MAATWERK_NOTIFICATIONS_DROP_H
#define MAATWERK_NOTIFICATIONS_DROP_H

#include "workers/notifications/sending.h"

/* Each message is a folder of its own, which appears whole or not at all. One that is there
 * already was sent. How it ended is in the reply of the sender, too. */
enum send_end drop_route(struct sending *sending);

#endif
