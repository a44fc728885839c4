/* SPDX-License-Identifier: EUPL-1.2 */
/* An attempt that is being made, as each way in which a message goes out needs it. */
#ifndef MAATWERK_NOTIFICATIONS_SENDING_H
#define MAATWERK_NOTIFICATIONS_SENDING_H

#include <libpq-fe.h>

#include "lib/base/buf.h"
#include "lib/queue/job.h"
#include "workers/notifications/gen/queries.h"
#include "workers/notifications/sender.h"

struct sending {
    struct work *work;
    struct sender *sender;
    const PGresult *rows; /* what send_begin says of it, */
    int row;              /* in this row */
    struct str message;
    struct str number; /* <municipality>.<message>: the same in all attempts */
    struct str text;   /* what is kept of it as a copy; set before sending_last_byte() */
};

/* Begins and commits a transaction in the context of the municipality. */
struct plan sending_plan(struct work *work);
enum err sending_commit(struct work *work, struct plan *plan) MUST_CHECK;

/* Adds the statement that notes how an attempt ended; nothing when there is none. */
void ended_add(const struct ended *ended, struct plan *plan);

/* A column of send_begin; absent when it is null. A NUL follows it. */
struct str sending_value(const struct sending *sending, enum send_begin_column column);

/* Whether the other side may have it already, so that it is asked or told again under the same
 * number. */
bool sending_again(const struct sending *sending);

/* For `last_byte` of a connection: notes, committed, how the message before it ended, and that the
 * last byte follows. False: nothing more may be sent. */
bool sending_last_byte(void *sending);

/* Reads a key of the receiver; `which` is what follows its name. False when there is none. The
 * caller erases it. */
bool sending_key(const struct sending *sending, const char *which, char into[SECRET_ROOM]);

#endif
