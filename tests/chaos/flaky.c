/* SPDX-License-Identifier: EUPL-1.2 */
/* Preloaded into the programs of a chaos run. With FLAKY=n, one of n calls on a socket fails as
 * if the connection were reset, and another one of n reads or sends only the first byte. With
 * NOMEM=n, one of n allocations finds no memory. While the file FULL is there, nothing more can be
 * written below a folder "drops". */
#include <dlfcn.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

enum luck { GOOD, SHORT, RESET, FULL };

/* A number below what the environment says, or one that means nothing when it says nothing. */
static int draw(const char *name, int *one_in)
{
    static __thread unsigned seed;
    static __thread pid_t of; /* each child has its own random numbers */
    if (!*one_in) {
        const char *text = getenv(name);
        *one_in = text && atoi(text) > 0 ? atoi(text) : -1;
    }
    if (of != getpid()) {
        of = getpid();
        seed = (unsigned)of * 2654435761u | 1;
    }
    return *one_in > 0 ? rand_r(&seed) % *one_in : -1;
}

static int is_full(int fd)
{
    const char *full = getenv("FULL");
    char link[64], path[512];
    ssize_t length;
    if (!full || access(full, F_OK) != 0)
        return 0;
    snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
    length = readlink(link, path, sizeof path - 1);
    path[length > 0 ? length : 0] = '\0';
    return strstr(path, "/drops/") != NULL;
}

static enum luck luck(int fd, int writes)
{
    static int one_in;
    struct stat what;
    if (writes && is_full(fd))
        return FULL;
    int drawn = draw("FLAKY", &one_in);
    if (drawn < 0 || drawn > 1 || fstat(fd, &what) != 0 || !S_ISSOCK(what.st_mode))
        return GOOD;
    return drawn ? SHORT : RESET;
}

extern void *__libc_malloc(size_t), *__libc_calloc(size_t, size_t), *__libc_realloc(void *, size_t);

static int is_out_of_memory(void)
{
    static int one_in;
    static const char line[] = "{\"event\":\"no-memory\"}\n";
    if (draw("NOMEM", &one_in) != 0)
        return 0;
    if (syscall(SYS_write, STDERR_FILENO, line, sizeof line - 1) < 0)
        return 0;
    errno = ENOMEM;
    return 1;
}

void *malloc(size_t size)
{
    return is_out_of_memory() ? NULL : __libc_malloc(size);
}

void *calloc(size_t count, size_t size)
{
    return is_out_of_memory() ? NULL : __libc_calloc(count, size);
}

void *realloc(void *at, size_t size)
{
    return is_out_of_memory() ? NULL : __libc_realloc(at, size);
}

/* The real call, or a part of it, or an error. */
#define FLAKY(name, type, data, ...)                                        \
    ssize_t name(int fd, type data, size_t size __VA_OPT__(, ) __VA_ARGS__) \
    {                                                                       \
        static __typeof__(&name) real;                                      \
        enum luck now = luck(fd, WRITES_##name);                            \
        if (!real)                                                          \
            real = (__typeof__(&name))dlsym(RTLD_NEXT, #name);              \
        if (now == FULL) {                                                  \
            errno = ENOSPC;                                                 \
            return -1;                                                      \
        }                                                                   \
        if (now == RESET) {                                                 \
            shutdown(fd, SHUT_RDWR);                                        \
            errno = ECONNRESET;                                             \
            return -1;                                                      \
        }                                                                   \
        return real(fd, data, now == SHORT && size ? 1 : size REST_##name); \
    }
#define WRITES_read  0
#define WRITES_write 1
#define WRITES_recv  0
#define WRITES_send  0
#define REST_read
#define REST_write
#define REST_recv , flags
#define REST_send , flags

FLAKY(read, void *, data)
FLAKY(write, const void *, data)
FLAKY(recv, void *, data, int flags)
FLAKY(send, const void *, data, int flags)
