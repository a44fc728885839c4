/* SPDX-License-Identifier: EUPL-1.2 */
/* A clock that only goes forward, for waiting and measuring. The time of day comes from the
 * database. */
#ifndef MAATWERK_BASE_CLOCK_H
#define MAATWERK_BASE_CLOCK_H

#include <stdint.h>
#include <time.h>

static inline int64_t clock_us(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return now.tv_sec * 1000000 + now.tv_nsec / 1000;
}

static inline int64_t clock_ms(void)
{
    return clock_us() / 1000;
}

#endif
