/* SPDX-License-Identifier: EUPL-1.2 */
/* Listening sockets. */
#include "lib/server/listen.h"

#include <errno.h>
#include <netdb.h>
#include <string.h>
#include <unistd.h>

bool listen_open(const char *address, int *ret_fd)
{
    char host[256];
    const char *colon = strrchr(address, ':');
    struct addrinfo hints = {.ai_socktype = SOCK_STREAM, .ai_flags = AI_PASSIVE}, *found = NULL;
    int yes = 1;
    errno = EINVAL;
    if (!colon || (size_t)(colon - address) >= sizeof host)
        return false;
    memcpy(host, address, (size_t)(colon - address));
    host[colon - address] = 0;
    if (getaddrinfo(*host ? host : NULL, colon + 1, &hints, &found) != 0)
        return false;
    int fd = socket(found->ai_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
    setsockopt(fd, SOL_SOCKET, SO_REUSEPORT, &yes, sizeof yes);
    bool listens = bind(fd, found->ai_addr, found->ai_addrlen) == 0 && listen(fd, 1024) == 0;
    int reason = errno;
    if (listens)
        *ret_fd = fd;
    else
        close(fd);
    freeaddrinfo(found);
    errno = reason;
    return listens;
}
