/* SPDX-License-Identifier: EUPL-1.2 */
/* A program that serves operations: reads its configuration, opens its port, runs until SIGTERM.
 *
 *   main.c ──► server_run(services) ──► one loop per core: accept ─► exchange ─► pool ─► PostgreSQL
 *                                └────► this thread: signals, the directory of municipalities
 */
#ifndef MAATWERK_SERVER_SERVER_H
#define MAATWERK_SERVER_SERVER_H

#include "lib/http/operation.h"

/* Serves until SIGTERM or SIGINT, then answers the requests that are under way (10 s at most).
 * Returns the exit status. */
int server_run(const struct service *const *services, size_t count);

#endif
