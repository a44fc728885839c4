/* SPDX-License-Identifier: EUPL-1.2 */
/* The life of one event loop. */
#ifndef MAATWERK_SERVER_LOOP_H
#define MAATWERK_SERVER_LOOP_H

#include "lib/server/state.h"

/* Makes the loop ready to run. `api_fd` is a listening socket; the loop closes it. */
void loop_start(struct loop *loop, struct server *server, int api_fd);

/* Lets the loop answer the management port too, on a listening socket; the loop closes it. */
void loop_listen_management(struct loop *loop, int fd);

/* Runs the loop (a struct loop) until the server drains and its requests are answered: the body
 * of its thread. Returns NULL. */
void *loop_thread(void *loop);

#endif
