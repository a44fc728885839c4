/* SPDX-License-Identifier: EUPL-1.2 */
/* A set of rules of Landlock. */
#include "workers/documents/sandbox_files.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/landlock.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#ifndef LANDLOCK_ACCESS_FS_REFER
#define LANDLOCK_ACCESS_FS_REFER (1ULL << 13)
#endif
#ifndef LANDLOCK_ACCESS_FS_TRUNCATE
#define LANDLOCK_ACCESS_FS_TRUNCATE (1ULL << 14)
#endif

#define ONE_FILE                                                                               \
    (LANDLOCK_ACCESS_FS_EXECUTE | LANDLOCK_ACCESS_FS_READ_FILE | LANDLOCK_ACCESS_FS_WRITE_FILE \
     | LANDLOCK_ACCESS_FS_TRUNCATE)
#define READ       (LANDLOCK_ACCESS_FS_READ_FILE | LANDLOCK_ACCESS_FS_READ_DIR)
#define START      (READ | LANDLOCK_ACCESS_FS_EXECUTE)
#define EVERYTHING (LANDLOCK_ACCESS_FS_TRUNCATE | (LANDLOCK_ACCESS_FS_TRUNCATE - 1))

/* What is not there needs no rule. Programs of Debian make a socket in /tmp to find each other. */
static const struct {
    const char *path;
    uint64_t access;
} rules[] = {{"/usr", START},
             {"/lib", START},
             {"/lib64", START},
             {"/etc/fonts", READ},
             {"/etc/libreoffice", READ},
             {"/etc/ld.so.cache", READ},
             {"/etc/localtime", READ},
             {"/etc/locale.alias", READ},
             {"/etc/nsswitch.conf", READ},
             {"/etc/passwd", READ},
             {"/var/cache/fontconfig", READ},
             {"/var/lib/libreoffice", READ},
             {"/var/spool/libreoffice", READ},
             {"/proc/self", READ},
             {"/dev/null", READ | LANDLOCK_ACCESS_FS_WRITE_FILE},
             {"/dev/urandom", READ},
             {"/tmp", LANDLOCK_ACCESS_FS_MAKE_SOCK | LANDLOCK_ACCESS_FS_REMOVE_FILE}};

/* The accesses that this kernel can forbid. */
static uint64_t known(long version)
{
    static const uint64_t later[] = {LANDLOCK_ACCESS_FS_REFER, LANDLOCK_ACCESS_FS_TRUNCATE};
    uint64_t all = EVERYTHING;
    for (long i = 0; i < 2; i++)
        if (version < i + 2)
            all &= ~later[i];
    return all;
}

static bool allow(int set, const char *path, uint64_t access)
{
    struct stat stat;
    int fd = open(path, O_PATH | O_CLOEXEC);
    if (fd < 0)
        return errno == ENOENT;
    if (fstat(fd, &stat) == 0 && !S_ISDIR(stat.st_mode))
        access &= ONE_FILE;
    const struct landlock_path_beneath_attr rule = {.allowed_access = access, .parent_fd = fd};
    bool allowed = syscall(SYS_landlock_add_rule, set, LANDLOCK_RULE_PATH_BENEATH, &rule, 0) == 0;
    close(fd);
    return allowed;
}

bool sandbox_files(const char *folder)
{
    long version = syscall(SYS_landlock_create_ruleset, NULL, 0, LANDLOCK_CREATE_RULESET_VERSION);
    if (version < 0)
        return errno == ENOSYS || errno == EOPNOTSUPP
               || errno == EPERM; /* EPERM: an old container */
    const struct landlock_ruleset_attr all = {.handled_access_fs = known(version)};
    int set = (int)syscall(SYS_landlock_create_ruleset, &all, sizeof all.handled_access_fs, 0);
    bool kept = set >= 0 && allow(set, folder, all.handled_access_fs);
    for (size_t i = 0; kept && i < sizeof rules / sizeof *rules; i++)
        kept = allow(set, rules[i].path, rules[i].access & all.handled_access_fs);
    kept = kept && syscall(SYS_landlock_restrict_self, set, 0) == 0;
    if (set >= 0)
        close(set);
    return kept;
}
