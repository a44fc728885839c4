/* SPDX-License-Identifier: EUPL-1.2 */
/* What a program reads from the database when it starts, and again every two seconds: whether
 * the database answers, the directory of municipalities, and how many connections each service
 * may open. */
#ifndef MAATWERK_SERVER_REFRESH_H
#define MAATWERK_SERVER_REFRESH_H

#include "lib/server/state.h"

/* Reads for the first time, before the loops start. */
void refresh_start(struct server *server);

/* Reads again, over a connection of its own that stays open. Blocks for some seconds at most.
 * While the database cannot be reached, the known values stay. */
void refresh(struct server *server);

void refresh_end(struct server *server);

#endif
