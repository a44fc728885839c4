/* SPDX-License-Identifier: EUPL-1.2 */
/* One connection to PostgreSQL for a worker. It blocks, and runs plans as the services do. A
 * plan is one round trip. A transaction of several round trips begins and ends with statements
 * of its own. */
#ifndef MAATWERK_DB_SESSION_H
#define MAATWERK_DB_SESSION_H

#include "lib/db/plan.h"

struct session;

/* `conninfo` must stay; its statement_timeout is `statement_ms`. Connects when it is first used. */
struct session *session_new(const char *conninfo, int32_t statement_ms);

/* Connects, unless it is connected. Returns whether it is connected. */
bool session_connect(struct session *session);

/* From now on a plan may take this long, if that is longer than before. A server that says
 * nothing for a second longer than that counts as gone. A plan is answered when its last
 * statement is done, so give the time of the whole plan. */
void session_expect(struct session *session, int32_t statement_ms);

void session_free(struct session *session);

/* Runs the plan and waits for it; each statement then has its result. ERR_UNAVAILABLE means that
 * the connection is lost, and an open transaction with it; whether a commit happened is not
 * known. ERR_CONFLICT means that the database refused a statement: session_sqlstate() says why,
 * and an open transaction must be rolled back. */
enum err session_run(struct session *session, struct plan *plan) MUST_CHECK;

/* The code of the last refusal, such as "40001"; "" when there was none. */
const char *session_sqlstate(const struct session *session);

/* Whether the same transaction may go through a moment later, after the last refusal: somebody
 * had locked a
 * row, or the statement was cancelled. */
bool session_is_passing(const struct session *session);

/* Rolls back an open transaction. */
void session_rollback(struct session *session);

/* How often a connection was made. When the number has changed, advisory locks are lost. */
unsigned session_generation(const struct session *session);

/* Asks the server, from another thread, to cancel the statement that this session runs. The
 * statement fails with sqlstate 57014; session_was_cancelled() is true until the next rollback. */
void session_cancel(struct session *session);
bool session_was_cancelled(const struct session *session);

#endif
