/* SPDX-License-Identifier: EUPL-1.2 */
/* What the program asks of the database when it starts, and again every two seconds: whether it
 * answers, the directory of municipalities, and how many connections each service may open. */
#ifndef MAATWERK_SERVER_REFRESH_H
#define MAATWERK_SERVER_REFRESH_H

#include "lib/server/state.h"

/* Asks for the first time, before the loops start. */
void refresh_start(struct server *server);

/* Asks, over a connection of its own that stays open; blocks for some seconds at most. Without the
 * database what is known stays. */
void refresh(struct server *server);

void refresh_end(struct server *server);

#endif
