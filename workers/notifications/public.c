/* SPDX-License-Identifier: EUPL-1.2 */
/* The ranges that are not public, as a table. */
#include "workers/notifications/public.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdint.h>
#include <string.h>

struct range {
    const char *from;
    int bits;
};

static const struct range special4[] = {
    {"0.0.0.0", 8},          {"10.0.0.0", 8},     {"100.64.0.0", 10}, {"127.0.0.0", 8},
    {"169.254.0.0", 16},     {"172.16.0.0", 12},  {"192.0.0.0", 24},  {"192.0.2.0", 24},
    {"192.88.99.0", 24},     {"192.168.0.0", 16}, {"198.18.0.0", 15}, {"198.51.100.0", 24},
    {"203.0.113.0", 24},     {"224.0.0.0", 4},    {"240.0.0.0", 4},   {"168.63.129.16", 32},
    {"100.100.100.200", 32},
};

/* Of IPv6 only 2000::/3 is given out; these are the parts of it that are something else. */
static const struct range special6[] = {
    {"2001::", 23},
    {"2001:db8::", 32},
    {"2002::", 16},
    {"3fff::", 20},
};

static bool has_prefix(const uint8_t *address, const uint8_t *prefix, int bits)
{
    int bytes = bits / 8, rest = bits % 8;
    if (memcmp(address, prefix, (size_t)bytes) != 0)
        return false;
    return rest == 0 || ((address[bytes] ^ prefix[bytes]) >> (8 - rest)) == 0;
}

static bool is_in(int family, const uint8_t *address, const struct range *ranges, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        uint8_t from[16];
        if (inet_pton(family, ranges[i].from, from) == 1
            && has_prefix(address, from, ranges[i].bits))
            return true;
    }
    return false;
}

static bool is_public4(const uint8_t *address)
{
    return !is_in(AF_INET, address, special4, sizeof special4 / sizeof *special4);
}

static bool is_public6(const uint8_t *address)
{
    static const uint8_t mapped[12] = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};
    static const uint8_t translated[12] = {0, 0x64, 0xff, 0x9b};
    if (memcmp(address, mapped, 12) == 0 || memcmp(address, translated, 12) == 0)
        return is_public4(address + 12);
    return (address[0] & 0xe0) == 0x20
           && !is_in(AF_INET6, address, special6, sizeof special6 / sizeof *special6);
}

static const uint8_t *bytes_of(const struct sockaddr *address)
{
    if (address->sa_family == AF_INET)
        return (const uint8_t *)&((const struct sockaddr_in *)(const void *)address)->sin_addr;
    if (address->sa_family == AF_INET6)
        return ((const struct sockaddr_in6 *)(const void *)address)->sin6_addr.s6_addr;
    return NULL;
}

bool public_is(const struct sockaddr *address)
{
    const uint8_t *bytes = bytes_of(address);
    return bytes && (address->sa_family == AF_INET ? is_public4(bytes) : is_public6(bytes));
}

bool public_is_loopback(const struct sockaddr *address)
{
    static const uint8_t loopback[16] = {[15] = 1};
    const uint8_t *bytes = bytes_of(address);
    return bytes
           && (address->sa_family == AF_INET ? bytes[0] == 127 : memcmp(bytes, loopback, 16) == 0);
}
