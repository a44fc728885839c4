/* SPDX-License-Identifier: EUPL-1.2 */
/* Files in, LibreOffice, files out. */
#include "workers/documents/office.h"

#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <signal.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "lib/base/clock.h"
#include "workers/documents/sandbox.h"

enum {
    PATH_ROOM = 256,
    PDF_MOST = 8 << 20,
    START_MS = 40000, /* to start for the first time */
    PAGE_MS = 4000,   /* and for each page more */
    LOOK_NS = 5000000,
    NOT_STARTED = 127,
    STARTS =
        2, /* the first one only makes the profile, and says that it wants to be started again */
};

static const char *const binary = "/usr/lib/libreoffice/program/soffice.bin";
static const char *const filter =
    "pdf:writer_pdf_Export:{\"SelectPdfVersion\":{\"type\":\"long\",\"value\":\"2\"},"
    "\"PDFUACompliance\":{\"type\":\"boolean\",\"value\":\"true\"},"
    "\"UseTaggedPDF\":{\"type\":\"boolean\",\"value\":\"true\"},"
    "\"ExportBookmarks\":{\"type\":\"boolean\",\"value\":\"true\"}}";

struct office {
    char folder[PATH_ROOM / 2];
};

static struct str in_folder(struct arena *arena, const struct office *office, const char *what)
{
    return arena_print(arena, "%s/%s", office->folder, what);
}

static int remove_one(const char *path, const struct stat *stat, int kind, struct FTW *walk)
{
    (void)stat, (void)kind, (void)walk;
    return remove(path);
}

static void empty(const struct office *office)
{
    nftw(office->folder, remove_one, 16, FTW_DEPTH | FTW_PHYS);
    if (mkdir(office->folder, 0700) != 0)
        abort();
}

struct office *office_new(void)
{
    struct office *office = calloc(1, sizeof *office);
    const char *root = getenv("TMPDIR");
    if (!office
        || snprintf(office->folder, sizeof office->folder, "%s/maatwerk-documents-XXXXXX",
                    root && *root ? root : "/tmp")
               >= (int)sizeof office->folder
        || !mkdtemp(office->folder))
        abort();
    return office;
}

static bool write_page(const char *path, struct str page)
{
    int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0600);
    bool written = fd >= 0 && write(fd, page.at, page.len) == (ssize_t)page.len;
    return fd >= 0 && close(fd) == 0 && written;
}

static struct str read_pdf(struct arena *arena, const char *path)
{
    struct stat stat;
    struct str pdf = {0};
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
    if (fd >= 0 && fstat(fd, &stat) == 0 && S_ISREG(stat.st_mode) && stat.st_size > 5
        && stat.st_size <= PDF_MOST) {
        size_t size = (size_t)stat.st_size;
        char *bytes = arena_alloc(arena, size);
        if (read(fd, bytes, size) == (ssize_t)size && memcmp(bytes, "%PDF-", 5) == 0)
            pdf = (struct str){bytes, size};
    }
    if (fd >= 0)
        close(fd);
    return pdf;
}

/* Waits until the process ends, and ends it with all that it started when it takes too long. When somebody else
 * kills it soon, that says nothing about the pages: then it is as if it had not started. */
static int wait_for(pid_t pid, int64_t until_ms)
{
    int status;
    int64_t soon_ms = clock_ms() + START_MS;
    while (waitpid(pid, &status, WNOHANG) == 0) {
        if (clock_ms() > until_ms)
            kill(-pid, SIGKILL);
        nanosleep(&(struct timespec){0, LOOK_NS}, NULL);
    }
    kill(-pid, SIGKILL);
    if (WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL && clock_ms() < soon_ms)
        return NOT_STARTED;
    return WIFEXITED(status) ? WEXITSTATUS(status) : 255;
}

/* Starts LibreOffice for these files. */
static int run(const struct office *office, struct arena *arena, const char *const *files,
               size_t count)
{
    const char **program = arena_array(arena, count + 12, sizeof *program);
    size_t n = 0;
    program[n++] = binary;
    program[n++] = arena_print(arena, "-env:UserInstallation=file://%s/profile", office->folder).at;
    program[n++] = "--headless";
    program[n++] = "--nologo";
    program[n++] = "--norestore";
    program[n++] = "--nolockcheck";
    program[n++] = "--convert-to";
    program[n++] = filter;
    program[n++] = "--outdir";
    program[n++] = office->folder;
    for (size_t i = 0; i < count; i++)
        program[n++] = files[i];
    pid_t pid = fork();
    if (pid == 0) {
        sandbox_exec(office->folder, program);
        _exit(NOT_STARTED);
    }
    return pid < 0 ? NOT_STARTED : wait_for(pid, clock_ms() + START_MS + PAGE_MS * (int64_t)count);
}

static void remove_pages(const struct office *office, struct arena *arena, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        unlink(in_folder(arena, office, arena_print(arena, "%zu.fodt", i).at).at);
        unlink(in_folder(arena, office, arena_print(arena, "%zu.odt", i).at).at);
        unlink(in_folder(arena, office, arena_print(arena, "%zu.pdf", i).at).at);
    }
}

/* Makes the pages in one start. Returns false when LibreOffice does not start. */
static bool make(const struct office *office, struct arena *arena, const struct str *pages,
                 size_t count, struct str *ret)
{
    const char **files = arena_array(arena, count, sizeof *files);
    for (size_t i = 0; i < count; i++) {
        bool zip = str_has_prefix(pages[i], S("PK"));
        files[i] =
            in_folder(arena, office, arena_print(arena, "%zu.%s", i, zip ? "odt" : "fodt").at).at;
        if (!write_page(files[i], pages[i]))
            return false;
    }
    int status = 0, starts = 0;
    do {
        status = run(office, arena, files, count);
        for (size_t i = 0; i < count; i++)
            ret[i] =
                read_pdf(arena, in_folder(arena, office, arena_print(arena, "%zu.pdf", i).at).at);
    } while (!ret[0].at && status != 0 && status != NOT_STARTED && ++starts < STARTS);
    remove_pages(office, arena, count);
    return status != NOT_STARTED;
}

bool office_make(struct office *office, struct arena *arena, const struct str *pages, size_t count,
                 struct str *ret)
{
    if (access(binary, X_OK) != 0 || !make(office, arena, pages, count, ret))
        return false;
    for (size_t i = 0; count > 1 && i < count; i++)
        if (!ret[i].at) {
            empty(office);
            if (!make(office, arena, &pages[i], 1, &ret[i]))
                return false;
        }
    return true;
}
