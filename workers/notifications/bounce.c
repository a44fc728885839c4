/* SPDX-License-Identifier: EUPL-1.2 */
/* One transaction for each report. */
#include "workers/notifications/bounce.h"

#include <fcntl.h>
#include <openssl/evp.h>
#include <unistd.h>

#include "lib/base/clock.h"
#include "lib/base/hex.h"
#include "lib/queue/gen/queries.h"
#include "lib/queue/job.h"
#include "workers/notifications/collect.h"
#include "workers/notifications/gen/queries.h"
#include "workers/notifications/maildir.h"
#include "workers/notifications/proof.h"
#include "workers/notifications/report.h"
#include "workers/notifications/sender.h"

enum { EVERY_MS = 1000, FILES_MOST = 50, STATEMENT_MS = 10000 };

/* Its text is not stored, because it names people: only a hash of it, so that it counts once. */
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

static enum err note(struct session *db, struct ctx *ctx, struct str text,
                     const struct report *report)
{
    int64_t tenant = 0;
    struct plan plan = {.ctx = ctx};
    if (!str_to_int(report->tenant, &tenant) || tenant > INT32_MAX)
        return ERR_INVALID;
    const struct job job = {.tenant = (int32_t)tenant,
                            .kind = "read_report",
                            .timeout_ms = STATEMENT_MS};
    sql_queue_begin(&plan);
    job_add_context(&plan, &job);
    sql_report_note(&plan, (struct sql_report_note){.message = report->message,
                                                    .hash = hash_of(ctx->arena, text),
                                                    .action = report->action,
                                                    .status = report->status});
    sql_queue_commit(&plan);
    return session_run(db, &plan);
}

/* Whose reports are read, and where they are noted. */
struct reading {
    const struct sender *sender;
    struct session *db;
};

/* Everyone who knows the number of a message may write a report, and not the address to which it goes. */
static bool is_proven(struct arena *arena, const struct sender *sender, const struct report *report)
{
    struct str number =
        arena_print(arena, "%.*s.%.*s", STR_ARG(report->tenant), STR_ARG(report->message));
    return !*sender->setting.bounce_key
           || proof_fits(arena, sender->setting.bounce_key, number, report->proof);
}

/* Whether the file may go: noted, or never to be noted. */
static bool read_one(void *what, struct str text)
{
    const struct reading *reading = what;
    struct session *db = reading->db;
    struct arena *arena = arena_new();
    struct ctx ctx = {.arena = arena};
    struct report report;
    enum err err = OK;
    bool again = false;
    if (report_read(arena, text, &report) && is_proven(arena, reading->sender, &report))
        err = note(db, &ctx, text, &report);
    else
        fprintf(stderr, "{\"event\":\"no-report\",\"bytes\":%zu}\n", text.len);
    if (err == ERR_CONFLICT) {
        again = session_is_passing(db);
        fprintf(stderr, "{\"event\":\"report-refused\",\"sqlstate\":\"%s\"}\n",
                session_sqlstate(db));
        session_rollback(db);
    }
    arena_free(arena);
    return err != ERR_UNAVAILABLE && !again;
}

void bounce_look(void *own, struct session *db)
{
    struct sender *sender = own;
    if (clock_ms() - sender->looked_ms < EVERY_MS)
        return;
    sender->looked_ms = clock_ms();
    int drop =
        *sender->setting.drop ? open(sender->setting.drop, O_RDONLY | O_DIRECTORY | O_CLOEXEC) : -1;
    if (drop >= 0) {
        maildir_read(drop, FILES_MOST, read_one, &(struct reading){sender, db});
        close(drop);
    }
    collect_look(sender, db);
}
