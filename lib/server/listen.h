/* SPDX-License-Identifier: EUPL-1.2 */
/* Listening sockets. */
#ifndef MAATWERK_SERVER_LISTEN_H
#define MAATWERK_SERVER_LISTEN_H

#include <stdbool.h>

/* Opens a listening socket on "address:port" that several threads may share (SO_REUSEPORT).
 * Returns false, with the reason in errno, when that is not possible. */
bool listen_open(const char *address, int *ret_fd);

#endif
