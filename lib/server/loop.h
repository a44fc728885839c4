/* SPDX-License-Identifier: EUPL-1.2 */
/* The life of one event loop. */
#ifndef MAATWERK_SERVER_LOOP_H
#define MAATWERK_SERVER_LOOP_H

#include "lib/base/err.h"
#include "lib/server/state.h"

/* Makes the loop ready to run. It listens to clients, unless it rests (budget.h). Returns false,
 * with the reason in errno, when it cannot listen. */
bool loop_start(struct loop *loop, struct server *server) MUST_CHECK;

/* Lets the loop answer on a listening socket; the loop closes it. */
void loop_listen(struct loop *loop, enum listener number, int fd);

/* Runs the loop (a struct loop) until the server drains and its requests are answered: the body
 * of its thread. Returns NULL. */
void *loop_thread(void *loop);

#endif
