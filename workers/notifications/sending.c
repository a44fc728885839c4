/* SPDX-License-Identifier: EUPL-1.2 */
/* What all routes need. */
#include "workers/notifications/sending.h"

#include "lib/queue/gen/queries.h"

struct str sending_value(const struct sending *sending, enum send_begin_column column)
{
    return PQgetisnull(sending->row, 0, column) ? (struct str){0}
                                                : str_of(PQgetvalue(sending->row, 0, column));
}

bool sending_again(const struct sending *sending)
{
    return str_equal(sending_value(sending, SEND_BEGIN_AGAIN), S("t"));
}

bool sending_last_byte(void *what)
{
    struct sending *sending = what;
    struct work *work = sending->work;
    struct plan plan = {.ctx = &work->ctx};
    sql_queue_begin(&plan);
    job_add_context(&plan, work->job);
    const struct statement *row = sql_send_hand_over(
        &plan, (struct sql_send_hand_over){.message = sending->message,
                                           .attempt = sending->sender->attempt,
                                           .begun = sending->sender->begun,
                                           .version = sending_value(sending, SEND_BEGIN_VERSION),
                                           .bytes = sending->text});
    sql_queue_commit(&plan);
    enum err err = session_run(work->db, &plan);
    if (err == ERR_CONFLICT)
        session_rollback(work->db);
    return err == OK && PQgetvalue(row->result, 0, SEND_HAND_OVER_HANDED)[0] == 't';
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
