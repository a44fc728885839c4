/* SPDX-License-Identifier: EUPL-1.2 */
/* A file is written or read where nobody else looks, and renamed when that is done. */
#include "workers/notifications/maildir.h"

#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lib/base/uuid.h"

enum { PATH_ROOM = 1024, READ_MOST = 256 * 1024 };

static bool path_of(char path[PATH_ROOM], const char *folder, const char *part, const char *name)
{
    return snprintf(path, PATH_ROOM, "%s/%s/%s", folder, part, name) < PATH_ROOM;
}

static void make_folders(const char *folder)
{
    static const char *const parts[] = {"tmp", "new", "cur"};
    char path[PATH_ROOM];
    mkdir(folder, 0700);
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++)
        if (path_of(path, folder, parts[i], ""))
            mkdir(path, 0700);
}

static bool write_file(const char *path, struct str text)
{
    int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    bool written = fd >= 0 && write(fd, text.at, text.len) == (ssize_t)text.len;
    return fd >= 0 && close(fd) == 0 && written;
}

enum send_end maildir_deliver(const char *folder, const struct smtp_mail *mail, struct reply *ret)
{
    char name[UUID_TEXT_LEN + 1], from[PATH_ROOM], to[PATH_ROOM];
    uuid_print(uuid_new(), name);
    make_folders(folder);
    *ret = (struct reply){.error = "no-folder"};
    if (!path_of(from, folder, "tmp", name) || !path_of(to, folder, "new", name)
        || !write_file(from, mail->text)) {
        unlink(from); /* what of it fitted on the disk */
        return SEND_OUTAGE;
    }
    if (!mail->last_byte(mail->what)) {
        unlink(from);
        return SEND_STOPPED;
    }
    *ret = (struct reply){.code = 250, .status = "2.0.0"};
    return rename(from, to) == 0 ? SEND_ACCEPTED : SEND_UNCERTAIN;
}

int maildir_open(int inside, const char *name)
{
    return openat(inside, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
}

/* Whether it is no e-mail: a link, a pipe, a folder. Nobody waits for it, and it goes out of the
 * way of the others. */
static bool is_no_file(int folder, const char *name)
{
    struct stat found;
    return fstatat(folder, name, &found, AT_SYMLINK_NOFOLLOW) == 0 && !S_ISREG(found.st_mode);
}

/* Reads a file and gives it away; false when it must stay. */
static bool read_file(int folder, const char *name, bool (*read_text)(void *, struct str),
                      void *what)
{
    if (is_no_file(folder, name))
        return true;
    char *text = malloc(READ_MOST);
    int fd = openat(folder, name, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
    ssize_t length = fd < 0 || !text ? -1 : read(fd, text, READ_MOST);
    if (fd >= 0)
        close(fd);
    bool done = length >= 0 && read_text(what, (struct str){text, (size_t)length});
    free(text);
    return done;
}

size_t maildir_read(int folder, size_t most, bool (*read)(void *what, struct str text), void *what)
{
    char to[PATH_ROOM];
    size_t moved = 0, seen = 0;
    int new = maildir_open(folder, "new"), cur = maildir_open(folder, "cur");
    DIR *dir = new >= 0 ? fdopendir(new) : NULL;
    const struct dirent *file;
    while (dir && seen < most && (file = readdir(dir)))
        if (file->d_name[0] != '.' && snprintf(to, sizeof to, "%s:2,S", file->d_name) < PATH_ROOM) {
            seen++;
            moved += read_file(new, file->d_name, read, what)
                     && renameat(new, file->d_name, cur, to) == 0;
        }
    if (dir)
        closedir(dir); /* and `new` with it */
    if (cur >= 0)
        close(cur);
    return moved;
}
