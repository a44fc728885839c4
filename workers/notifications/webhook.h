/* SPDX-License-Identifier: EUPL-1.2 */
/* A message to a machine over HTTPS. */
#ifndef MAATWERK_NOTIFICATIONS_WEBHOOK_H
#define MAATWERK_NOTIFICATIONS_WEBHOOK_H

#include "workers/notifications/sending.h"

/* An event of CloudEvents 1.0, signed with each key that its receiver has (Standard Webhooks).
 * How it ended is in the reply of the sender, too. */
enum send_end webhook_route(struct sending *sending);

#endif
