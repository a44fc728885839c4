/* SPDX-License-Identifier: EUPL-1.2 */
/* A folder that somebody collects: each message is a folder of its own, which appears whole or
 * not at all.
 *
 *   <drops>/<municipality>/<receiver>/tmp   where it is written
 * new   where it is collected: <number>/ with its files, index.json and manifest.json
 * ack   where acknowledgements are put (ack.h): written in its `tmp`, and moved to its `new`
 */
#include "workers/notifications/drop.h"

#include <errno.h>
#include <fcntl.h>
#include <openssl/evp.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lib/base/hex.h"
#include "lib/base/uuid.h"

enum { PATH_ROOM = 512 };

struct folder {
    char root[PATH_ROOM], made[PATH_ROOM], wanted[PATH_ROOM];
    struct buf manifest;
    bool failed;
};

static bool print(char path[PATH_ROOM], const char *first, const char *second)
{
    return snprintf(path, PATH_ROOM, "%s/%s", first, second) < PATH_ROOM;
}

static bool sync_folder(const char *path)
{
    int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    bool synced = fd >= 0 && fsync(fd) == 0;
    return fd >= 0 && close(fd) == 0 && synced;
}

static bool write_whole(const char *path, struct str text)
{
    int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0640);
    bool written = fd >= 0;
    while (written && text.len) {
        ssize_t count = write(fd, text.at, text.len);
        written = count > 0 || (count < 0 && errno == EINTR);
        text = str_from(text, count > 0 ? (size_t)count : 0);
    }
    written = written && fsync(fd) == 0;
    return fd >= 0 && close(fd) == 0 && written;
}

static struct str hash_of(struct arena *arena, struct str text)
{
    struct buf out = buf_in(arena);
    unsigned char hash[EVP_MAX_MD_SIZE];
    unsigned int length = 0;
    if (EVP_Digest(text.at, text.len, hash, &length, EVP_sha256(), NULL) != 1)
        abort();
    hex_add(&out, hash, length);
    return buf_str(&out);
}

/* Writes a file and its line of the manifest. */
static void put(struct folder *folder, const char *name, struct str text)
{
    char path[PATH_ROOM];
    struct str hash = hash_of(folder->manifest.arena, text);
    buf_print(&folder->manifest, "%s{\"name\":\"%s\",\"size\":%zu,\"sha256\":\"%.*s\"}",
              folder->manifest.at[folder->manifest.len - 1] == '[' ? "" : ",", name, text.len,
              STR_ARG(hash));
    if (!print(path, folder->made, name) || !write_whole(path, text))
        folder->failed = true;
}

/* Of a letter: for whom the envelope is, line by line. */
static struct str index_of(const struct sending *sending)
{
    struct buf out = buf_in(sending->work->ctx.arena);
    struct str lines = sending_value(sending, SEND_BEGIN_LINES);
    buf_add(&out, S("{\"message\":"));
    buf_add_json(&out, sending->number);
    buf_add(&out, S(",\"kind\":\"letter\",\"template\":"));
    buf_add_json(&out, sending_value(sending, SEND_BEGIN_TEMPLATE));
    buf_add(&out, S(",\"file\":\"letter.pdf\",\"address\":["));
    while (lines.at && lines.len) {
        buf_add_json(&out, str_trim(str_cut(&lines, '\n')));
        buf_add(&out, lines.at && lines.len ? S(",") : S(""));
    }
    buf_add(&out, S("]}\n"));
    return buf_str(&out);
}

static void put_letter(struct folder *folder, const struct sending *sending)
{
    struct str hex = sending_value(sending, SEND_BEGIN_PAGES);
    unsigned char *bytes = arena_alloc(folder->manifest.arena, hex.len / 2 + 1);
    if (!hex_read(hex, bytes, hex.len / 2))
        folder->failed = true;
    put(folder, "letter.pdf", (struct str){(const char *)bytes, hex.len / 2});
    put(folder, "index.json", index_of(sending));
}

/* Not a link, which may lead to the folder of somebody else. */
static bool is_folder(const char *path)
{
    struct stat found;
    return lstat(path, &found) == 0 && S_ISDIR(found.st_mode);
}

/* The folder of the receiver, and a new one in its `tmp`. The root must be there: an operator
 * makes it. */
static bool prepare(struct folder *folder, const struct sending *sending)
{
    static const char *const parts[] = {"", "tmp", "new", "ack", "ack/tmp", "ack/new", "ack/cur"};
    char path[PATH_ROOM], name[UUID_TEXT_LEN + 1];
    struct str tenant = sending_value(sending, SEND_BEGIN_TENANT),
               address = sending_value(sending, SEND_BEGIN_ADDRESS);
    if (!*sending->sender->setting.drops || !print(path, sending->sender->setting.drops, tenant.at))
        return false;
    mkdir(path, 0750);
    if (!print(folder->root, path, address.at))
        return false;
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++)
        if (!print(path, folder->root, parts[i]) || (mkdir(path, 0770) != 0 && errno != EEXIST)
            || !is_folder(path))
            return false;
    uuid_print(uuid_new(), name);
    return print(path, folder->root, "tmp") && print(folder->made, path, name)
           && print(path, folder->root, "new") && print(folder->wanted, path, sending->number.at)
           && mkdir(folder->made, 0750) == 0;
}

static void discard(const struct folder *folder)
{
    static const char *const names[] = {"letter.pdf", "index.json", "message.json",
                                        "manifest.json"};
    char path[PATH_ROOM];
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (print(path, folder->made, names[i]))
            unlink(path);
    rmdir(folder->made);
}

/* It appears. It is there already when an earlier attempt came so far: then it was sent. */
static enum send_end publish(struct folder *folder, struct reply *reply)
{
    char path[PATH_ROOM];
    bool there = rename(folder->made, folder->wanted) != 0;
    if (there && errno != EEXIST && errno != ENOTEMPTY) {
        *reply = (struct reply){.error = "not-written"};
        return SEND_UNCERTAIN;
    }
    if (there)
        discard(folder);
    snprintf(reply->text, sizeof reply->text, "%s", there ? "already" : "written");
    return print(path, folder->root, "new") && sync_folder(path) ? SEND_ACCEPTED : SEND_UNCERTAIN;
}

enum send_end drop_route(struct sending *sending)
{
    struct reply *reply = &sending->sender->reply;
    struct folder folder = {.manifest = buf_in(sending->work->ctx.arena)};
    *reply = (struct reply){.error = "no-folder"};
    if (!prepare(&folder, sending))
        return SEND_DEFERRED;
    buf_print(&folder.manifest, "{\"message\":\"%.*s\",\"files\":[", STR_ARG(sending->number));
    if (sending_value(sending, SEND_BEGIN_PAGES).at)
        put_letter(&folder, sending);
    else
        put(&folder, "message.json", sending_value(sending, SEND_BEGIN_BODY));
    buf_add(&folder.manifest, S("]}\n"));
    sending->text = buf_str(&folder.manifest);
    char path[PATH_ROOM];
    if (folder.failed || !print(path, folder.made, "manifest.json")
        || !write_whole(path, sending->text) || !sync_folder(folder.made)) {
        discard(&folder);
        return SEND_DEFERRED;
    }
    if (!sending_last_byte(sending)) {
        discard(&folder);
        return SEND_STOPPED;
    }
    return publish(&folder, reply);
}
