/* SPDX-License-Identifier: EUPL-1.2 */
/* An attempt: begun in PostgreSQL, composed, handed over, answered. */
#include "workers/notifications/send.h"

#include "lib/queue/gen/queries.h"
#include "workers/notifications/api.h"
#include "workers/notifications/drop.h"
#include "workers/notifications/gen/queries.h"
#include "workers/notifications/mail.h"
#include "workers/notifications/maildir.h"
#include "workers/notifications/proof.h"
#include "workers/notifications/sending.h"
#include "workers/notifications/webhook.h"

static const char *const outcomes[] = {[SEND_ACCEPTED] = "accepted",
                                       [SEND_DEFERRED] = "deferred",
                                       [SEND_REFUSED] = "refused",
                                       [SEND_UNCERTAIN] = "uncertain"};

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

/* The address that reports go to. A * in it stands for the number of the message, with its proof when there
 * is a key. */
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

static enum send_end mail_route(struct sending *sending)
{
    struct sender *sender = sending->sender;
    struct arena *arena = sending->work->ctx.arena;
    const struct mail mail = {.id = sending->number,
                              .date = sending_value(sending, SEND_BEGIN_DATE),
                              .name = sending_value(sending, SEND_BEGIN_SENDER),
                              .from = str_of(sender->setting.from),
                              .to = sending_value(sending, SEND_BEGIN_ADDRESS),
                              .language = sending_value(sending, SEND_BEGIN_LANGUAGE),
                              .subject = sending_value(sending, SEND_BEGIN_SUBJECT),
                              .receiver = sending_value(sending, SEND_BEGIN_RECEIVER),
                              .body = sending_value(sending, SEND_BEGIN_BODY)};
    sender->reply = (struct reply){.error = "no-server"};
    if (!sender->folder && !sender->smtp)
        return SEND_OUTAGE;
    sending->text = mail_compose(arena, &mail);
    if (!sending->text.at) {
        sender->reply = (struct reply){.about_address = true};
        return SEND_REFUSED;
    }
    const struct smtp_mail sent = {.from = bounce_address(arena, &sender->setting, mail.id).at,
                                   .to = mail.to.at,
                                   .text = sending->text,
                                   .last_byte = sending_last_byte,
                                   .what = sending};
    return sender->folder ? maildir_deliver(sender->folder, &sent, &sender->reply)
                          : smtp_send(sender->smtp, &sent, &sender->reply);
}

static const struct {
    struct str name;
    enum send_end (*send)(struct sending *sending);
} routes[] = {
    {S("mail"), mail_route},
    {S("webhook"), webhook_route},
    {S("api"), api_route},
    {S("drop"), drop_route},
};

static enum send_end deliver(struct sending *sending)
{
    struct str wanted = sending_value(sending, SEND_BEGIN_ROUTE);
    for (size_t i = 0; i < sizeof routes / sizeof *routes; i++)
        if (str_equal(routes[i].name, wanted))
            return routes[i].send(sending);
    return SEND_OUTAGE;
}

static enum call_end send_message(struct work *work, struct call *call)
{
    struct sender *sender = work->own;
    struct sending sending = {.work = work,
                              .sender = sender,
                              .message = job_text(work->job, "message")};
    (void)call;
    sender->attempt = sender->begun = (struct str){0};
    work->error = "no-database";
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
    sending.row = begun->result;
    sending.number =
        arena_print(work->ctx.arena, "%d.%.*s", work->job->tenant, STR_ARG(sending.message));
    sender->attempt = sending_value(&sending, SEND_BEGIN_NUMBER);
    sender->begun = sending_value(&sending, SEND_BEGIN_BEGUN);
    sender->end = deliver(&sending);
    work->error = sender->reply.error;
    if (sender->end == SEND_OUTAGE)
        return CALL_OUTAGE;
    return sender->end == SEND_STOPPED ? CALL_NOT_MADE : CALL_DONE;
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
