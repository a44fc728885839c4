/* SPDX-License-Identifier: EUPL-1.2 */
/* The job that sends a message. */
#ifndef MAATWERK_NOTIFICATIONS_SEND_H
#define MAATWERK_NOTIFICATIONS_SEND_H

#include "lib/queue/kind.h"

/* How `send_message` is done. The attempts of a message say what is known of an earlier call
 * (sql/functions/message_send.sql), so that a call that is made again sends nothing twice. */
extern const struct job_call send_message_call;

#endif
