/* SPDX-License-Identifier: EUPL-1.2 */
/* One transaction for each acknowledgement. */
#include "workers/notifications/collect.h"

#include <dirent.h>
#include <fcntl.h>
#include <unistd.h>

#include "lib/queue/gen/queries.h"
#include "lib/queue/job.h"
#include "workers/notifications/ack.h"
#include "workers/notifications/gen/queries.h"
#include "workers/notifications/maildir.h"

enum { FILES_MOST = 20, PATH_ROOM = 1024, STATEMENT_MS = 10000 };

struct collecting {
    struct session *db;
    struct str tenant; /* whose folder it is */
};

static enum err note(const struct collecting *collecting, struct ctx *ctx, const struct ack *ack)
{
    int64_t tenant = 0;
    struct plan plan = {.ctx = ctx};
    if (!str_to_int(ack->tenant, &tenant) || tenant > INT32_MAX)
        return ERR_INVALID;
    const struct job job = {.tenant = (int32_t)tenant,
                            .kind = "read_acknowledgement",
                            .timeout_ms = STATEMENT_MS};
    sql_queue_begin(&plan);
    job_add_context(&plan, &job);
    sql_acknowledgement_note(&plan, (struct sql_acknowledgement_note){.message = ack->message,
                                                                      .tenant = collecting->tenant,
                                                                      .what = ack->what,
                                                                      .reference = ack->reference});
    sql_queue_commit(&plan);
    return session_run(collecting->db, &plan);
}

/* Whether the file may go: all of it is noted, or never to be noted. */
static bool read_one(void *what, struct str text)
{
    const struct collecting *collecting = what;
    struct arena *arena = arena_new();
    struct ctx ctx = {.arena = arena};
    struct ack *acks = arena_array(arena, ACK_MOST, sizeof *acks);
    size_t count = ack_read(&ctx, text, acks);
    bool done = true;
    if (count == 0)
        fprintf(stderr, "{\"event\":\"no-acknowledgement\",\"bytes\":%zu}\n", text.len);
    for (size_t i = 0; i < count && done; i++) {
        enum err err = note(collecting, &ctx, &acks[i]);
        if (err == ERR_CONFLICT) {
            fprintf(stderr, "{\"event\":\"acknowledgement-refused\",\"sqlstate\":\"%s\"}\n",
                    session_sqlstate(collecting->db));
            done = !session_is_passing(collecting->db);
            session_rollback(collecting->db);
        } else
            done = err != ERR_UNAVAILABLE;
    }
    arena_free(arena);
    return done;
}

/* Calls `each` for every folder in `path`. */
static void walk(const char *path, void (*each)(void *what, const char *path, const char *name),
                 void *what)
{
    char inner[PATH_ROOM];
    DIR *dir = opendir(path);
    const struct dirent *file;
    while (dir && (file = readdir(dir)))
        if (file->d_name[0] != '.' && file->d_type == DT_DIR
            && snprintf(inner, sizeof inner, "%s/%s", path, file->d_name) < PATH_ROOM)
            each(what, inner, file->d_name);
    if (dir)
        closedir(dir);
}

static void look_receiver(void *what, const char *path, const char *name)
{
    int receiver = maildir_open(AT_FDCWD, path), ack = maildir_open(receiver, "ack");
    (void)name;
    if (ack >= 0) {
        maildir_read(ack, FILES_MOST, read_one, what);
        close(ack);
    }
    if (receiver >= 0)
        close(receiver);
}

static void look_tenant(void *what, const char *path, const char *name)
{
    struct collecting collecting = {.db = what, .tenant = str_of(name)};
    walk(path, look_receiver, &collecting);
}

void collect_look(struct sender *sender, struct session *db)
{
    if (*sender->setting.drops)
        walk(sender->setting.drops, look_tenant, db);
}
