/* SPDX-License-Identifier: EUPL-1.2 */
/* An attempt: begun in PostgreSQL, composed, handed over, answered. */
#include "workers/notifications/send.h"

#include "lib/queue/gen/queries.h"
#include "workers/notifications/gen/queries.h"
#include "workers/notifications/mail.h"
#include "workers/notifications/maildir.h"
#include "workers/notifications/proof.h"
#include "workers/notifications/sender.h"

/* An attempt that is being made. */
struct sending {
    struct work *work;
    struct sender *sender;
    struct str message, version;
    struct str text; /* the whole e-mail */
};

static const char *const outcomes[] = {[SMTP_ACCEPTED] = "accepted",
                                       [SMTP_DEFERRED] = "deferred",
                                       [SMTP_REFUSED] = "refused",
                                       [SMTP_UNCERTAIN] = "uncertain"};

/* A transaction of its own in the context of the municipality. */
static struct plan begin(struct work *work)
{
    struct plan plan = {.ctx = &work->ctx};
    sql_queue_begin(&plan);
    job_add_context(&plan, work->job);
    return plan;
}

static bool commit(struct work *work, struct plan *plan)
{
    sql_queue_commit(plan);
    enum err err = session_run(work->db, plan);
    if (err == ERR_CONFLICT)
        session_rollback(work->db);
    return err == OK;
}

static bool last_byte(void *what)
{
    struct sending *sending = what;
    struct plan plan = begin(sending->work);
    const struct statement *row =
        sql_send_hand_over(&plan, (struct sql_send_hand_over){.message = sending->message,
                                                              .attempt = sending->sender->attempt,
                                                              .begun = sending->sender->begun,
                                                              .version = sending->version,
                                                              .bytes = sending->text});
    return commit(sending->work, &plan)
           && PQgetvalue(row->result, 0, SEND_HAND_OVER_HANDED)[0] == 't';
}

static struct str value(const PGresult *row, enum send_begin_column column)
{
    return PQgetisnull(row, 0, column) ? (struct str){0} : str_of(PQgetvalue(row, 0, column));
}

/* The address that reports go to. A * in it stands for the number of the message, with its proof when there is a
 * key. */
static struct str bounce_address(struct arena *arena, const struct setting *setting, struct str id)
{
    struct str after = str_of(setting->bounces), before = str_cut(&after, '*');
    if (!after.at)
        return before;
    if (!*setting->bounce_key)
        return arena_print(arena, "%.*s%.*s%.*s", STR_ARG(before), STR_ARG(id), STR_ARG(after));
    return arena_print(arena, "%.*s%.*s.%.*s%.*s", STR_ARG(before), STR_ARG(id),
                       STR_ARG(proof_of(arena, setting->bounce_key, id)), STR_ARG(after));
}

static void deliver(struct sending *sending, const PGresult *row)
{
    struct sender *sender = sending->sender;
    struct arena *arena = sending->work->ctx.arena;
    struct str id =
        arena_print(arena, "%d.%.*s", sending->work->job->tenant, STR_ARG(sending->message));
    const struct mail mail = {.id = id,
                              .date = value(row, SEND_BEGIN_DATE),
                              .name = value(row, SEND_BEGIN_SENDER),
                              .from = str_of(sender->setting.from),
                              .to = value(row, SEND_BEGIN_ADDRESS),
                              .language = value(row, SEND_BEGIN_LANGUAGE),
                              .subject = value(row, SEND_BEGIN_SUBJECT),
                              .receiver = value(row, SEND_BEGIN_RECEIVER),
                              .body = value(row, SEND_BEGIN_BODY)};
    sending->text = mail_compose(arena, &mail);
    if (!sending->text.at) {
        sender->end = SMTP_REFUSED;
        sender->reply = (struct reply){.about_address = true};
        return;
    }
    const struct smtp_mail sent = {.from = bounce_address(arena, &sender->setting, id).at,
                                   .to = mail.to.at,
                                   .text = sending->text,
                                   .last_byte = last_byte,
                                   .what = sending};
    sender->end = sender->folder ? maildir_deliver(sender->folder, &sent, &sender->reply)
                                 : smtp_send(sender->smtp, &sent, &sender->reply);
}

static enum call_end send_message(struct work *work, struct call *call)
{
    struct sender *sender = work->own;
    struct sending sending = {.work = work,
                              .sender = sender,
                              .message = job_text(work->job, "message")};
    (void)call;
    sender->attempt = sender->begun = (struct str){0};
    work->error = "no-server";
    if (!sender->folder && !sender->smtp)
        return CALL_OUTAGE;
    struct plan plan = begin(work);
    const struct statement *begun =
        sql_send_begin(&plan,
                       (struct sql_send_begin){.message = sending.message,
                                               .job = arena_int(work->ctx.arena, work->job->id),
                                               .sandbox = str_of(sender->setting.sandbox),
                                               .portal = str_of(sender->setting.portal)});
    if (!commit(work, &plan))
        return CALL_NOT_MADE;
    if (PQntuples(begun->result) == 0)
        return CALL_DONE;
    sender->attempt = value(begun->result, SEND_BEGIN_NUMBER);
    sender->begun = value(begun->result, SEND_BEGIN_BEGUN);
    sending.version = value(begun->result, SEND_BEGIN_VERSION);
    deliver(&sending, begun->result);
    work->error = sender->reply.error;
    if (sender->end == SMTP_OUTAGE)
        return CALL_OUTAGE;
    return sender->end == SMTP_STOPPED ? CALL_NOT_MADE : CALL_DONE;
}

static struct str text_or_null(const char *text)
{
    return *text ? str_of(text) : (struct str){0};
}

static void store(struct work *work, const struct call *call, struct plan *plan)
{
    const struct sender *sender = work->own;
    const struct reply *reply = &sender->reply;
    (void)call;
    if (!sender->attempt.at)
        return;
    sql_send_end(plan,
                 (struct sql_send_end){.message = job_text(work->job, "message"),
                                       .attempt = sender->attempt,
                                       .begun = sender->begun,
                                       .outcome = str_of(outcomes[sender->end]),
                                       .code = reply->code
                                                   ? arena_int(plan->ctx->arena, reply->code)
                                                   : (struct str){0},
                                       .status = text_or_null(reply->status),
                                       .receipt = text_or_null(reply->text),
                                       .about_address = reply->about_address ? S("t") : S("f")});
}

const struct job_call send_message_call = {.call = send_message, .keyed = true, .store = store};
