/* SPDX-License-Identifier: EUPL-1.2 */
/* libpq, blocking, in pipeline mode while a plan runs. */
#include "lib/db/session.h"

#include <poll.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>

#include "lib/base/clock.h"
#include "lib/base/limits.h"

/* the queries of the program and those of lib/queue */
enum { PREPARED_MAX = 2 * LIMIT_QUERIES, SPARE_MS = 1000 };

struct session {
    const char *conninfo;
    int64_t answer_ms;
    PGconn *pg;
    const struct query *prepared[PREPARED_MAX];
    size_t prepared_count;
    char sqlstate[6];
    unsigned generation;
    pthread_mutex_t lock; /* guards `cancel`, which another thread may use */
    PGcancel *cancel;
    atomic_bool cancelled;
};

struct session *session_new(const char *conninfo, int32_t statement_ms)
{
    struct session *session = calloc(1, sizeof *session);
    if (!session)
        abort();
    session->conninfo = conninfo;
    session_expect(session, statement_ms);
    pthread_mutex_init(&session->lock, NULL);
    return session;
}

void session_expect(struct session *session, int32_t statement_ms)
{
    if (session->answer_ms < (int64_t)statement_ms + SPARE_MS)
        session->answer_ms = (int64_t)statement_ms + SPARE_MS;
}

static void set_cancel(struct session *session, PGcancel *cancel)
{
    pthread_mutex_lock(&session->lock);
    PQfreeCancel(session->cancel);
    session->cancel = cancel;
    pthread_mutex_unlock(&session->lock);
}

void session_cancel(struct session *session)
{
    char unused[64];
    pthread_mutex_lock(&session->lock);
    if (session->cancel) {
        atomic_store(&session->cancelled, true);
        PQcancel(session->cancel, unused, sizeof unused);
    }
    pthread_mutex_unlock(&session->lock);
}

bool session_was_cancelled(const struct session *session)
{
    return atomic_load(&session->cancelled);
}

static void disconnect(struct session *session)
{
    set_cancel(session, NULL);
    PQfinish(session->pg);
    session->pg = NULL;
    session->prepared_count = 0;
}

void session_free(struct session *session)
{
    disconnect(session);
    pthread_mutex_destroy(&session->lock);
    free(session);
}

bool session_connect(struct session *session)
{
    if (session->pg && PQstatus(session->pg) == CONNECTION_OK)
        return true;
    disconnect(session);
    session->pg = PQconnectdb(session->conninfo);
    if (PQstatus(session->pg) != CONNECTION_OK) {
        disconnect(session);
        return false;
    }
    session->generation++;
    set_cancel(session, PQgetCancel(session->pg));
    return PQenterPipelineMode(session->pg);
}

static bool is_prepared(const struct session *session, const struct query *query)
{
    for (size_t i = 0; i < session->prepared_count; i++)
        if (session->prepared[i] == query)
            return true;
    return false;
}

/* Prepares the statements of the plan that are new to this connection, before the plan: they
 * stay prepared when the plan fails. *ret_sent says whether there were any. */
static bool send_prepares(struct session *session, const struct plan *plan, bool *ret_sent)
{
    bool sent = false;
    for (const struct statement *s = plan->first; s; s = s->next) {
        if (is_prepared(session, s->query))
            continue;
        if (session->prepared_count == PREPARED_MAX
            || !PQsendPrepare(session->pg, s->query->name, s->query->text, 0, NULL))
            return false;
        session->prepared[session->prepared_count++] = s->query;
        sent = true;
    }
    *ret_sent = sent;
    return !sent || PQpipelineSync(session->pg);
}

static bool send_statements(struct session *session, const struct plan *plan)
{
    for (const struct statement *s = plan->first; s; s = s->next) {
        const char *values[LIMIT_VALUES];
        for (int i = 0; i < s->query->parameters; i++)
            values[i] = s->values[i].at;
        if (!PQsendQueryPrepared(session->pg, s->query->name, s->query->parameters, values, NULL,
                                 NULL, 0))
            return false;
    }
    return PQpipelineSync(session->pg);
}

static void clear_result(void *result)
{
    PQclear(result);
}

/* Waits until libpq has a result; returns false when that takes too long. Without a limit libpq
 * waits forever, even for an answer that it has thrown away because it had no memory. */
static bool await_result(struct session *session)
{
    int64_t until_ms = 0;
    while (PQisBusy(session->pg)) {
        int64_t now_ms = clock_ms();
        until_ms = until_ms ? until_ms : now_ms + session->answer_ms;
        struct pollfd wanted = {.fd = PQsocket(session->pg), .events = POLLIN};
        if (now_ms >= until_ms || poll(&wanted, 1, (int)(until_ms - now_ms)) == 0
            || !PQconsumeInput(session->pg))
            return false;
    }
    return true;
}

/* The next result; NULL when no result will come over this connection any more. */
static PGresult *next_result(struct session *session)
{
    PGresult *result = NULL;
    for (int i = 0; i < 2 && !result; i++) { /* the first NULL ends the statement before */
        if (!await_result(session))
            return NULL;
        result = PQgetResult(session->pg);
    }
    return result;
}

/* Reads the results up to the next sync, and gives them to the statements from `into` on. */
static enum err read_segment(struct session *session, struct arena *arena, struct statement *into)
{
    enum err err = OK;
    for (;;) {
        PGresult *result = next_result(session);
        if (!result)
            return ERR_UNAVAILABLE;
        arena_defer(arena, clear_result, result);
        ExecStatusType status = PQresultStatus(result);
        if (status == PGRES_PIPELINE_SYNC)
            return err;
        if (status == PGRES_FATAL_ERROR && !err) {
            const char *state = PQresultErrorField(result, PG_DIAG_SQLSTATE);
            err = ERR_CONFLICT;
            memcpy(session->sqlstate, state && strlen(state) == 5 ? state : "08006", 6);
            if (!state || PQstatus(session->pg) != CONNECTION_OK)
                return ERR_UNAVAILABLE;
        }
        if (into) {
            into->result = result;
            into = into->next;
        }
    }
}

enum err session_run(struct session *session, struct plan *plan)
{
    session->sqlstate[0] = 0;
    if (!session_connect(session))
        return ERR_UNAVAILABLE;
    bool prepares = false;
    bool sent = send_prepares(session, plan, &prepares) && send_statements(session, plan);
    enum err err = sent ? OK : ERR_UNAVAILABLE;
    if (!err && prepares) {
        err = read_segment(session, plan->ctx->arena, NULL);
        if (err
            == ERR_CONFLICT) /* a statement could not be prepared: connect again and try again */
            err = ERR_UNAVAILABLE;
    }
    if (!err)
        err = read_segment(session, plan->ctx->arena, plan->first);
    if (err == ERR_UNAVAILABLE)
        disconnect(session);
    return err;
}

const char *session_sqlstate(const struct session *session)
{
    return session->sqlstate;
}

bool session_is_passing(const struct session *session)
{
    return strncmp(session->sqlstate, "40", 2) == 0 || strcmp(session->sqlstate, "55P03") == 0
           || strcmp(session->sqlstate, "57014") == 0;
}

void session_rollback(struct session *session)
{
    PGresult *result;
    atomic_store(&session->cancelled, false);
    if (!session->pg)
        return;
    if (!PQsendQueryParams(session->pg, "rollback", 0, NULL, NULL, NULL, NULL, 0)
        || !PQpipelineSync(session->pg)) {
        disconnect(session);
        return;
    }
    while ((result = next_result(session))) {
        ExecStatusType status = PQresultStatus(result);
        PQclear(result);
        if (status == PGRES_PIPELINE_SYNC)
            return;
    }
    disconnect(session);
}

unsigned session_generation(const struct session *session)
{
    return session->generation;
}
