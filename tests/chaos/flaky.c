/* SPDX-License-Identifier: EUPL-1.2 */
/* Preloaded into the programs of a chaos run: one in FLAKY calls on a socket fails as if the connection were
 * reset, and as many read or send only the first byte. */
#include <dlfcn.h>
#include <errno.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

enum luck { GOOD, SHORT, RESET };

static enum luck luck(int fd)
{
    static int one_in;
    static __thread unsigned seed;
    struct stat what;
    if (!one_in) {
        const char *text = getenv("FLAKY");
        one_in = text ? atoi(text) : 100;
    }
    if (!seed)
        seed = (unsigned)getpid() * 2654435761u | 1;
    int drawn = rand_r(&seed) % one_in;
    if (drawn > 1 || fstat(fd, &what) != 0 || !S_ISSOCK(what.st_mode))
        return GOOD;
    return drawn ? SHORT : RESET;
}

/* The real one, or a part of it, or an error. */
#define FLAKY(name, type, data, ...)                                        \
    ssize_t name(int fd, type data, size_t size __VA_OPT__(, ) __VA_ARGS__) \
    {                                                                       \
        static __typeof__(&name) real;                                      \
        enum luck now = luck(fd);                                           \
        if (!real)                                                          \
            real = (__typeof__(&name))dlsym(RTLD_NEXT, #name);              \
        if (now == RESET) {                                                 \
            shutdown(fd, SHUT_RDWR);                                        \
            errno = ECONNRESET;                                             \
            return -1;                                                      \
        }                                                                   \
        return real(fd, data, now == SHORT && size ? 1 : size REST_##name); \
    }
#define REST_read
#define REST_write
#define REST_recv , flags
#define REST_send , flags

FLAKY(read, void *, data)
FLAKY(write, const void *, data)
FLAKY(recv, void *, data, int flags)
FLAKY(send, const void *, data, int flags)
