/* SPDX-License-Identifier: EUPL-1.2 */
/* Which machines a receiver may be. */
#ifndef MAATWERK_NOTIFICATIONS_PUBLIC_H
#define MAATWERK_NOTIFICATIONS_PUBLIC_H

#include <stdbool.h>
#include <sys/socket.h>

/* Whether this is an address of a machine on the internet: not one of this machine, of a private
 * network, of a link, of a
 * cloud's metadata, of documentation, of a group, or such an IPv4 address within an IPv6 one
 * (IANA, special-purpose
 * address registries). */
bool public_is(const struct sockaddr *address);

/* Whether it is an address of this machine: 127.0.0.0/8 or ::1. */
bool public_is_loopback(const struct sockaddr *address);

#endif
