/* SPDX-License-Identifier: EUPL-1.2 */
/* Limits, and a filter of system calls. */
#include "workers/documents/sandbox.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <signal.h>
#include <stddef.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "workers/documents/sandbox_files.h"

#if defined(__x86_64__)
#define OUR_ARCH AUDIT_ARCH_X86_64
#elif defined(__aarch64__)
#define OUR_ARCH AUDIT_ARCH_AARCH64
#else
#error "say which AUDIT_ARCH this machine has"
#endif

enum {
    MEMORY_MOST = 1 << 30, /* bytes of data; what is mapped of files is not counted */
    FILE_MOST = 64 << 20,
    SECONDS_MOST = 120, /* of CPU */
    FILES_MOST = 256,
    X32_CALLS = 0x40000000,
};

#define FIELD(name)       BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, name))
#define END(what)         BPF_STMT(BPF_RET | BPF_K, (what))
#define REFUSE            END(SECCOMP_RET_ERRNO | EACCES)
#define WHEN_NOT(value)   BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, (value), 0, 1)
#define REFUSE_CALL(name) WHEN_NOT(SYS_##name), REFUSE

static bool filter_calls(void)
{
    struct sock_filter filter[] = {
        FIELD(arch),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, OUR_ARCH, 1, 0),
        END(SECCOMP_RET_KILL_PROCESS),
        FIELD(nr),
        BPF_JUMP(BPF_JMP | BPF_JGE | BPF_K, X32_CALLS, 0, 1),
        END(SECCOMP_RET_KILL_PROCESS),
        REFUSE_CALL(connect),
        REFUSE_CALL(sendto),
        REFUSE_CALL(sendmsg),
        REFUSE_CALL(sendmmsg),
        REFUSE_CALL(ptrace),
        REFUSE_CALL(process_vm_readv),
        REFUSE_CALL(process_vm_writev),
        REFUSE_CALL(io_uring_setup),
        REFUSE_CALL(bpf),
        REFUSE_CALL(perf_event_open),
        REFUSE_CALL(keyctl),
        REFUSE_CALL(add_key),
        REFUSE_CALL(unshare),
        REFUSE_CALL(setns),
        REFUSE_CALL(mount),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_socket, 0, 3),
        FIELD(args[0]),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, AF_UNIX, 1, 0),
        REFUSE,
        END(SECCOMP_RET_ALLOW),
    };
    const struct sock_fprog program = {sizeof filter / sizeof *filter, filter};
    return prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) == 0;
}

static bool limit(int what, rlim_t most)
{
    return setrlimit(what, &(struct rlimit){most, most}) == 0;
}

static bool close_files(void)
{
    int nothing = open("/dev/null", O_RDWR);
    return nothing >= 0 && dup2(nothing, 0) == 0 && dup2(nothing, 1) == 1 && dup2(nothing, 2) == 2
           && close_range(3, ~0u, 0) == 0;
}

void sandbox_exec(const char *folder, const char *const *program)
{
    char home[1024], temporary[1024];
    snprintf(home, sizeof home, "HOME=%s", folder);
    snprintf(temporary, sizeof temporary, "TMPDIR=%s", folder);
    char *const environment[] = {home, temporary, (char[]){"PATH=/usr/bin:/bin"},
                                 (char[]){"LC_ALL=C.UTF-8"}, NULL};
    sigset_t none;
    sigemptyset(&none);
    if (setsid() >= 0 && sigprocmask(SIG_SETMASK, &none, NULL) == 0
        && prctl(PR_SET_PDEATHSIG, SIGKILL) == 0 && chdir(folder) == 0
        && limit(RLIMIT_DATA, MEMORY_MOST) && limit(RLIMIT_FSIZE, FILE_MOST)
        && limit(RLIMIT_CPU, SECONDS_MOST) && limit(RLIMIT_NOFILE, FILES_MOST) && close_files()
        && prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 && sandbox_files(folder) && filter_calls())
        execve(program[0], (char *const *)program, environment);
}
