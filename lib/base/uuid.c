/* SPDX-License-Identifier: EUPL-1.2 */
/* UUID version 7: 48 bits of milliseconds, a 12-bit counter, 62 random bits. */
#include "lib/base/uuid.h"

#include <stdlib.h>
#include <sys/random.h>
#include <time.h>

#include "lib/base/hex.h"

static void fill_random(uint8_t *bytes, size_t len)
{
    while (len) {
        ssize_t got = getrandom(bytes, len, 0);
        if (got <= 0)
            continue; /* a signal interrupted it: try again */
        bytes += got;
        len -= (size_t)got;
    }
}

/* Random bytes are taken 1 KiB at a time: a system call per identifier would cost more
 * than the rest. */
static void take_random(uint8_t *bytes, size_t len)
{
    static _Thread_local uint8_t pool[1024];
    static _Thread_local size_t left;
    if (left < len) {
        fill_random(pool, sizeof pool);
        left = sizeof pool;
    }
    left -= len;
    memcpy(bytes, pool + left, len);
}

struct uuid uuid_new(void)
{
    static _Thread_local uint64_t last_tick; /* milliseconds << 12 | counter; it never decreases */
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    uint64_t tick = ((uint64_t)now.tv_sec * 1000 + (uint64_t)now.tv_nsec / 1000000) << 12;
    last_tick = tick > last_tick ? tick : last_tick + 1;
    uint64_t ms = last_tick >> 12;
    struct uuid id;
    take_random(id.bytes, sizeof id.bytes);
    for (int i = 0; i < 6; i++)
        id.bytes[i] = (uint8_t)(ms >> (40 - 8 * i));
    id.bytes[6] = (uint8_t)(0x70 | ((last_tick >> 8) & 0x0f));
    id.bytes[7] = (uint8_t)last_tick;
    id.bytes[8] = (uint8_t)(0x80 | (id.bytes[8] & 0x3f));
    return id;
}

struct str uuid_print(struct uuid id, char text[UUID_TEXT_LEN + 1])
{
    static const char hex[] = "0123456789abcdef";
    char *out = text;
    for (int i = 0; i < 16; i++) {
        if (i == 4 || i == 6 || i == 8 || i == 10)
            *out++ = '-';
        *out++ = hex[id.bytes[i] >> 4];
        *out++ = hex[id.bytes[i] & 15];
    }
    *out = '\0';
    return (struct str){text, UUID_TEXT_LEN};
}

bool uuid_read(struct str text, struct uuid *ret)
{
    static const size_t lengths[] = {8, 4, 4, 4, 12}; /* digits of each group */
    struct uuid id;
    size_t byte = 0;
    for (size_t i = 0; i < 5; i++) {
        struct str group = str_cut(&text, '-');
        if (group.len != lengths[i] || !hex_read(group, &id.bytes[byte], lengths[i] / 2))
            return false;
        byte += lengths[i] / 2;
    }
    if (text.at)
        return false;
    *ret = id;
    return true;
}
