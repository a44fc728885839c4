/* SPDX-License-Identifier: EUPL-1.2 */
/* An attempt: begun in PostgreSQL, composed, handed over, answered. The messages of a job begin in one
 * transaction. The end of a message is committed together with the hand-over of the next one. When
 * something goes wrong with one, each message after it gets a job of its own. */
#include "workers/notifications/send.h"

#include "lib/base/clock.h"
#include "workers/notifications/api.h"
#include "workers/notifications/drop.h"
#include "workers/notifications/gen/queries.h"
#include "workers/notifications/mail.h"
#include "workers/notifications/maildir.h"
#include "workers/notifications/proof.h"
#include "workers/notifications/sending.h"
#include "workers/notifications/webhook.h"

enum { TOGETHER_MS = 20000 }; /* so long a job sends one message after the other */

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

/* Whether the job has more than one message. */
static bool is_of_many(const struct work *work)
{
    return cJSON_GetArraySize(cJSON_GetObjectItemCaseSensitive(work->job->payload, "messages")) > 1;
}

static enum err begin_all(struct work *work, const PGresult **ret_rows)
{
    const struct setting *setting = &((struct sender *)work->own)->setting;
    struct plan plan = sending_plan(work);
    const struct statement *begun =
        sql_send_begin(&plan,
                       (struct sql_send_begin){.payload = work->job->text,
                                               .job = arena_int(work->ctx.arena, work->job->id),
                                               .sandbox = str_of(setting->sandbox),
                                               .portal = str_of(setting->portal)});
    enum err err = sending_commit(work, &plan);
    *ret_rows = begun->result;
    return err;
}

/* Writes down how the last attempt ended, in a transaction of its own. */
static bool note_ended(struct work *work, struct ended *ended)
{
    struct plan plan = sending_plan(work);
    if (!ended->attempt.at)
        return true;
    ended_add(ended, &plan);
    if (sending_commit(work, &plan))
        return false;
    *ended = (struct ended){0};
    return true;
}

/* Sends one of the messages of a job. Returns how that ended. */
static enum send_end send_one(struct sending *sending)
{
    struct work *work = sending->work;
    struct sender *sender = sending->sender;
    sending->message = sending_value(sending, SEND_BEGIN_MESSAGE);
    sending->number =
        arena_print(work->ctx.arena, "%d.%.*s", work->job->tenant, STR_ARG(sending->message));
    sending->text = (struct str){0};
    enum send_end end = deliver(sending);
    work->error = sender->reply.error;
    if (!note_ended(work, &sender->ended))
        return SEND_STOPPED;
    if (end != SEND_OUTAGE && end != SEND_STOPPED)
        sender->ended = (struct ended){.message = sending->message,
                                       .attempt = sending_value(sending, SEND_BEGIN_NUMBER),
                                       .begun = sending_value(sending, SEND_BEGIN_BEGUN),
                                       .end = end,
                                       .reply = sender->reply};
    return end;
}

static enum call_end send_message(struct work *work, struct call *call)
{
    struct sender *sender = work->own;
    struct sending sending = {.work = work, .sender = sender};
    enum send_end end = SEND_ACCEPTED;
    (void)call;
    sender->ended = (struct ended){0};
    sender->apart = false;
    work->error = "no-database";
    enum err err = begin_all(work, &sending.rows);
    if (err)
        return (sender->apart = err == ERR_CONFLICT && is_of_many(work)) ? CALL_DONE
                                                                         : CALL_NOT_MADE;
    int64_t until_ms = clock_ms() + TOGETHER_MS;
    for (; sending.row < PQntuples(sending.rows) && end == SEND_ACCEPTED && clock_ms() < until_ms;
         sending.row++)
        end = send_one(&sending);
    if (end == SEND_OUTAGE)
        return CALL_OUTAGE;
    sender->apart =
        is_of_many(work) && (sending.row < PQntuples(sending.rows) || end == SEND_STOPPED);
    return end == SEND_STOPPED && !sender->apart ? CALL_NOT_MADE : CALL_DONE;
}

static void store(struct work *work, const struct call *call, struct plan *plan)
{
    const struct sender *sender = work->own;
    (void)call;
    ended_add(&sender->ended, plan);
    if (sender->apart)
        sql_send_apart(plan, (struct sql_send_apart){.payload = work->job->text});
}

const struct job_call send_message_call = {.call = send_message, .keyed = true, .store = store};
