/* SPDX-License-Identifier: EUPL-1.2 */
/* Tells the dispatcher, through Redis, that there may be work. This is only a hint: when it is
 * lost, jobs start later, because the dispatcher also looks without a hint. There is one
 * connection per loop; after an error it is opened again. */
#ifndef MAATWERK_SERVER_WAKE_H
#define MAATWERK_SERVER_WAKE_H

#include <h2o.h>

#include "lib/base/config.h"

struct wake;

/* Logs in as the program ("employers"). Both must stay. Connects when it is first used. */
struct wake *wake_new(h2o_loop_t *loop, const struct config *config, const char *program);

/* Sends a hint. Never waits. */
void wake_send(struct wake *wake);

void wake_free(struct wake *wake);

#endif
