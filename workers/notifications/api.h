/* SPDX-License-Identifier: EUPL-1.2 */
/* A message through an API as that of GOV.UK Notify and NotifyNL. */
#ifndef MAATWERK_NOTIFICATIONS_API_H
#define MAATWERK_NOTIFICATIONS_API_H

#include "workers/notifications/sending.h"

/* E-mail, a text message, or a letter of which it gets the pages. An attempt whose outcome is
 * not known is asked for by its number, and not made
 * twice. How it ended is in the reply of the sender, too. */
enum send_end api_route(struct sending *sending);

#endif
