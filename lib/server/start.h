/* SPDX-License-Identifier: EUPL-1.2 */
/* How the parts of the server start; only for server.c and loop.c. */
#ifndef MAATWERK_SERVER_START_H
#define MAATWERK_SERVER_START_H

#include "lib/server/loop.h"

/* Makes the loop ready to run; the file descriptors listen already, -1 for none. */
void loop_start(struct loop *loop, struct server *server, int api_fd, int management_fd);

/* Runs a loop until the server drains and its requests are answered. */
void *loop_thread(void *loop);

/* Bytes that login.c remembers of a token. */
size_t token_known_size(void);

/* Opens a listening socket on "address:port" that several threads may share (SO_REUSEPORT); -1
 * with a message. */
int listen_open(const char *address);

/* Reads the directory of municipalities, with the login role of the first service. Returns false
 * when the database is away; the directory that was there stays. */
bool tenants_load(struct server *server);

#endif
