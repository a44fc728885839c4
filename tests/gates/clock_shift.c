/* SPDX-License-Identifier: EUPL-1.2 */
/* Preloaded into a program to give it a wrong clock: it differs by CLOCK_SHIFT_S seconds. */
#include <dlfcn.h>
#include <stdlib.h>
#include <sys/time.h>
#include <time.h>

static long shift_s(void)
{
    const char *text = getenv("CLOCK_SHIFT_S");
    return text ? strtol(text, NULL, 10) : 0;
}

int clock_gettime(clockid_t clock, struct timespec *ret)
{
    static int (*real)(clockid_t, struct timespec *);
    if (!real)
        real = (int (*)(clockid_t, struct timespec *))dlsym(RTLD_NEXT, "clock_gettime");
    int status = real(clock, ret);
    if (clock == CLOCK_REALTIME)
        ret->tv_sec += shift_s();
    return status;
}

int gettimeofday(struct timeval *ret, void *unused)
{
    struct timespec now;
    (void)unused;
    int status = clock_gettime(CLOCK_REALTIME, &now);
    *ret = (struct timeval){now.tv_sec, now.tv_nsec / 1000};
    return status;
}

time_t time(time_t *ret)
{
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    if (ret)
        *ret = now.tv_sec;
    return now.tv_sec;
}
