/* SPDX-License-Identifier: EUPL-1.2 */
/* One connection to PostgreSQL for a worker: blocking, with plans as in the services. A plan is one
 * round trip; a transaction of several round trips begins and ends with statements of its own. */
#ifndef MAATWERK_DB_SESSION_H
#define MAATWERK_DB_SESSION_H

#include "lib/db/plan.h"

struct session;

/* `conninfo` must stay; its statement_timeout is `statement_ms`. Connects when first used. */
struct session *session_new(const char *conninfo, int32_t statement_ms);

/* Connects when it is not connected. Returns whether it is. */
bool session_connect(struct session *session);

/* From now on a statement may take so long, if that is longer than before. The server that says
 * nothing for longer than that and a second is gone; a plan is answered when its last statement
 * is done, so expect as much of all of it. */
void session_expect(struct session *session, int32_t statement_ms);

void session_free(struct session *session);

/* Runs the plan and waits; each statement then has its result. ERR_UNAVAILABLE: the connection is
 * gone, an open transaction with it, and what a commit did is not known. ERR_CONFLICT: the database
 * refused a statement; session_sqlstate() says why, and an open transaction must be rolled back. */
enum err session_run(struct session *session, struct plan *plan) MUST_CHECK;

/* Of the last refusal: "40001"; "" when there was none. */
const char *session_sqlstate(const struct session *session);

/* Ends an open transaction without effect. */
void session_rollback(struct session *session);

/* Number of times that a connection was made: a change says that advisory locks are gone. */
unsigned session_generation(const struct session *session);

/* Asks the server to end what this session runs now, from another thread. It fails with sqlstate
 * 57014; session_was_cancelled() says so until the next rollback. */
void session_cancel(struct session *session);
bool session_was_cancelled(const struct session *session);

#endif
