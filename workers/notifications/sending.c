/* SPDX-License-Identifier: EUPL-1.2 */
/* What all routes need. */
#include "workers/notifications/sending.h"

#include "lib/queue/gen/queries.h"

struct str sending_value(const struct sending *sending, enum send_begin_column column)
{
    if (PQgetisnull(sending->rows, sending->row, column))
        return (struct str){0};
    return str_of(PQgetvalue(sending->rows, sending->row, column));
}

bool sending_again(const struct sending *sending)
{
    return str_equal(sending_value(sending, SEND_BEGIN_AGAIN), S("t"));
}

struct plan sending_plan(struct work *work)
{
    struct plan plan = {.ctx = &work->ctx};
    sql_queue_begin(&plan);
    job_add_context(&plan, work->job);
    return plan;
}

enum err sending_commit(struct work *work, struct plan *plan)
{
    sql_queue_commit(plan);
    enum err err = session_run(work->db, plan);
    if (err == ERR_CONFLICT)
        session_rollback(work->db);
    return err;
}

static struct str text_or_null(const char *text)
{
    return *text ? str_of(text) : (struct str){0};
}

void ended_add(const struct ended *ended, struct plan *plan)
{
    static const char *const outcomes[] = {[SEND_ACCEPTED] = "accepted",
                                           [SEND_DEFERRED] = "deferred",
                                           [SEND_REFUSED] = "refused",
                                           [SEND_UNCERTAIN] = "uncertain"};
    const struct reply *reply = &ended->reply;
    struct str code = {0}, retry_after = {0};
    if (!ended->attempt.at)
        return;
    if (reply->code)
        code = arena_int(plan->ctx->arena, reply->code);
    if (reply->retry_after_s)
        retry_after = arena_int(plan->ctx->arena, reply->retry_after_s);
    sql_send_end(plan,
                 (struct sql_send_end){.message = ended->message,
                                       .attempt = ended->attempt,
                                       .begun = ended->begun,
                                       .outcome = str_of(outcomes[ended->end]),
                                       .code = code,
                                       .status = text_or_null(reply->status),
                                       .receipt = text_or_null(reply->text),
                                       .about_address = reply->about_address ? S("t") : S("f"),
                                       .retry_after = retry_after});
}

bool sending_last_byte(void *what)
{
    struct sending *sending = what;
    struct work *work = sending->work;
    struct ended *before = &sending->sender->ended;
    struct plan plan = sending_plan(work);
    ended_add(before, &plan);
    const struct statement *row = sql_send_hand_over(
        &plan, (struct sql_send_hand_over){.message = sending->message,
                                           .attempt = sending_value(sending, SEND_BEGIN_NUMBER),
                                           .begun = sending_value(sending, SEND_BEGIN_BEGUN),
                                           .version = sending_value(sending, SEND_BEGIN_VERSION),
                                           .bytes = sending->text});
    if (sending_commit(work, &plan))
        return false;
    *before = (struct ended){0};
    return PQgetvalue(row->result, 0, SEND_HAND_OVER_HANDED)[0] == 't';
}

bool sending_key(const struct sending *sending, const char *which, char into[SECRET_ROOM])
{
    struct str tenant = sending_value(sending, SEND_BEGIN_TENANT),
               secret = sending_value(sending, SEND_BEGIN_SECRET);
    const char *folder = sending->sender->setting.receiver_secrets;
    char name[256];
    if (!*folder || !secret.at
        || snprintf(name, sizeof name, "%.*s/%.*s%s", STR_ARG(tenant), STR_ARG(secret), which)
               >= (int)sizeof name)
        return false;
    return secret_read(folder, name, into);
}
