/* SPDX-License-Identifier: EUPL-1.2 */
/* A plan becomes one transaction; its end becomes an answer. */
#include "lib/server/execute.h"

#include "lib/base/buf.h"
#include "lib/http/etag.h"
#include "lib/server/compose.h"
#include "lib/server/denial.h"
#include "lib/server/finish.h"
#include "lib/server/gen/queries.h"
#include "lib/server/hats.h"
#include "lib/server/look.h"
#include "lib/server/wake.h"
#include "openapi/gen/role.h"

enum { TRIES_MAX = 6 }; /* those that lock each other out are parted every 100 ms */

static void on_done(struct transaction *transaction, enum transaction_end end);

static struct str role_name(uint32_t role)
{
    return role ? str_of(role_names[__builtin_ctz(role)]) : S("");
}

/* What is done: operation/request/purpose. */
static struct str call_of(const struct exchange *exchange)
{
    struct buf out = buf_in(exchange->ctx.arena);
    const char *purpose = exchange_purpose(exchange);
    buf_add(&out, str_of(exchange->request.operation->id));
    buf_add_char(&out, '/');
    buf_add(&out, exchange->ctx.request_id);
    buf_add_char(&out, '/');
    buf_add(&out, purpose ? str_of(purpose) : S(""));
    return buf_str(&out);
}

/* Adds the first statement of every transaction: it sets the caller, for row-level security and
 * the audit. */
static void add_context(struct exchange *exchange, struct plan *plan, bool reads)
{
    struct arena *arena = exchange->ctx.arena;
    const struct actor *actor = &exchange->actor;
    sql_context_set(plan,
                    (struct sql_context_set){
                        .tenant = actor->tenant ? arena_int(arena, actor->tenant) : (struct str){0},
                        .actor = actor->user_id,
                        .organisation = actor->organisation_id,
                        .role = role_name(actor->role),
                        .hat = actor->hat_id,
                        .version = actor->hats_version,
                        .scope = scope_name(exchange->scope),
                        .call = call_of(exchange),
                        .read_only = reads ? S("on") : S("off"),
                    });
}

static void to_pool(struct exchange *exchange)
{
    struct pool **pools =
        exchange->transaction.reads ? exchange->loop->reads : exchange->loop->writes;
    exchange->in_database = true;
    pool_run(pools[exchange->route->service], &exchange->transaction);
}

/* Runs everything in one transaction: context, idempotency key with its outcome, the statements of
 * the handler. */
static void submit(struct exchange *exchange, struct plan *body, bool reads)
{
    const struct operation *operation = exchange->request.operation;
    struct plan whole = {.ctx = &exchange->ctx};
    bool keyed = exchange->key.at && exchange->step == STEP_MAIN;
    add_context(exchange, &whole, reads);
    if (keyed)
        sql_idempotency_begin(&whole,
                              (struct sql_idempotency_begin){
                                  .route = str_of(operation->id),
                                  .key = exchange->key,
                                  .fingerprint = exchange->fingerprint,
                                  .status = arena_int(exchange->ctx.arena, operation->status),
                                  .resource = request_resource(&exchange->request)});
    plan_join(&whole, body);
    exchange->transaction = (struct transaction){.arena = exchange->ctx.arena,
                                                 .first = whole.first,
                                                 .count = whole.count,
                                                 .done = on_done,
                                                 .owner = exchange,
                                                 .reads = reads};
    to_pool(exchange);
}

void execute_request(struct exchange *exchange)
{
    const struct operation *operation = exchange->request.operation;
    exchange->plan = (struct plan){.ctx = &exchange->ctx};
    enum err err = operation->handle(&exchange->ctx, &exchange->request, &exchange->plan);
    if (err) {
        finish_with_problem(exchange, problem_of(err));
        return;
    }
    if (operation->flags & OPERATION_LIST)
        compose_list(exchange, &exchange->plan);
    submit(exchange, &exchange->plan, operation->flags & OPERATION_READS);
}

/* The key was used before: reads the outcome of that request. */
static void ask_outcome(struct exchange *exchange)
{
    exchange->step = STEP_OUTCOME;
    exchange->plan = (struct plan){.ctx = &exchange->ctx};
    sql_idempotency_outcome(&exchange->plan,
                            (struct sql_idempotency_outcome){.route = str_of(
                                                                 exchange->request.operation->id),
                                                             .key = exchange->key});
    submit(exchange, &exchange->plan, true);
}

/* The first request was answered: shows what it made, with the GET of that resource. */
static void show(struct exchange *exchange, struct str resource)
{
    const struct operation *asked = exchange->request.operation;
    exchange->step = STEP_SHOW;
    exchange->plan = (struct plan){.ctx = &exchange->ctx};
    struct request look = {.operation = asked->show,
                           .path = {resource},
                           .shows = exchange->request.shows};
    enum err err =
        asked->show ? asked->show->handle(&exchange->ctx, &look, &exchange->plan) : ERR_CONFLICT;
    if (err)
        finish_with_problem(exchange, problem_of(err));
    else
        submit(exchange, &exchange->plan, true);
}

static void replay(struct exchange *exchange)
{
    const PGresult *row = exchange->plan.last->result;
    if (PQntuples(row) != 1 || PQgetisnull(row, 0, IDEMPOTENCY_OUTCOME_STATUS)) {
        finish_with_problem(exchange, problem_at(PROBLEM_IDEMPOTENCY_BUSY));
        return;
    }
    if (!str_equal(str_of(PQgetvalue(row, 0, IDEMPOTENCY_OUTCOME_FINGERPRINT)),
                   exchange->fingerprint)) {
        finish_with_problem(exchange, problem_at(PROBLEM_IDEMPOTENCY_KEY_REUSED));
        return;
    }
    int64_t status = 200;
    if (str_to_int(str_of(PQgetvalue(row, 0, IDEMPOTENCY_OUTCOME_STATUS)), &status))
        exchange->replayed_status = (int)status;
    exchange->request.new_id = str_of(PQgetvalue(row, 0, IDEMPOTENCY_OUTCOME_RESOURCE));
    show(exchange, exchange->request.new_id);
}

/* The row that a change did not find is there. When it is one of the versions that the change was made from,
 * the caller may read it and not change it. */
static enum err not_changed(const struct exchange *exchange)
{
    int64_t version;
    return str_to_int(finish_version_of(exchange->plan.last->result), &version)
                   && etag_has_version(exchange->request.version, version)
               ? ERR_FORBIDDEN
               : ERR_STALE;
}

/* The error of the first statement that needed a row and has none. The last statement of a plan
 * that may be stale reads the row: when the write found no row, this tells an old version from a
 * row that does not exist. After a deletion the row does not exist, as it should be. */
static enum err rows_err(const struct exchange *exchange)
{
    const struct statement *last = exchange->plan.last;
    bool deletes = !exchange->request.operation->response, written = false;
    for (const struct statement *s = exchange->plan.first; s; s = s->next) {
        enum err none = s->query->when_none;
        if (s->query->rows != QUERY_ONE || none == OK)
            continue;
        if (PQntuples(s->result) > 0)
            written = written || none == ERR_STALE;
        else if (none == ERR_STALE)
            return last != s && PQntuples(last->result) > 0 ? not_changed(exchange) : ERR_NOT_FOUND;
        else if (!(s == last && deletes && written))
            return none;
    }
    return OK;
}

/* Runs the transaction again after a deadlock, after rows changed in the meantime, or once when
 * somebody else wrote what excludes this in the same moment (what looks before it finds that row then):
 * everything was rolled back. Returns false when the error is another one, or after too many tries. */
static bool run_again(struct exchange *exchange, const struct refusal *refusal)
{
    struct str state = refusal->sqlstate;
    bool late = problem_is_of_index(refusal) && !exchange->late;
    if (!late && !str_equal(state, S("40P01")) && !str_equal(state, S("40001")))
        return false;
    if (exchange->tries++ == TRIES_MAX)
        return false;
    exchange->late = exchange->late || late;
    for (struct statement *s = exchange->transaction.first; s; s = s->next)
        s->result = NULL;
    exchange->transaction.error = NULL;
    to_pool(exchange);
    return true;
}

/* The hat is not there any more, or is another one: what is remembered was old. Reads the hats and
 * begins again, once. */
static bool begin_again(struct exchange *exchange)
{
    if (!exchange->req || exchange->hats_asked || exchange->step != STEP_MAIN)
        return false;
    hats_ask(exchange);
    return true;
}

/* Answers with a problem, when there is still a client. A denial is noted in any case. `subject` is
 * whom it concerns, as far as the database knows. */
static void refuse(struct exchange *exchange, const struct problem *problem, struct str subject)
{
    denial_note(exchange, problem, subject);
    if (exchange->req)
        finish_with_problem(exchange, problem);
    else
        exchange_release(exchange);
}

/* What the database says of a limit that is reached: "bsn-search 312". */
static void note_quota(struct exchange *exchange, struct str hint)
{
    uint32_t role = exchange->actor.role; /* none, where nobody logs in */
    unsigned group = allowance_group_of[role ? __builtin_ctz(role) : 0];
    struct str rest = hint;
    enum allowance kind = allowance_named(str_cut(&rest, ' '));
    if (kind == ALLOWANCE_COUNT || !rest.at)
        return;
    exchange->use = allowance_of(exchange->loop->server->allowances, group, kind);
    (void)str_to_int(rest, &exchange->use.back_s);
}

static void on_refused(struct exchange *exchange)
{
    const PGresult *error = exchange->transaction.error;
    struct str state = str_of(PQresultErrorField(error, PG_DIAG_SQLSTATE));
    if (str_equal(state, S("MW001")) && exchange->step == STEP_MAIN && exchange->req) {
        ask_outcome(exchange);
        return;
    }
    struct refusal refusal = {
        .sqlstate = state,
        .message = str_of(PQresultErrorField(error, PG_DIAG_MESSAGE_PRIMARY)),
        .detail = str_of(PQresultErrorField(error, PG_DIAG_MESSAGE_DETAIL)),
        .constraint = str_of(PQresultErrorField(error, PG_DIAG_CONSTRAINT_NAME)),
        .table = str_of(PQresultErrorField(error, PG_DIAG_TABLE_NAME)),
    };
    if (exchange->req && run_again(exchange, &refusal))
        return;
    const struct problem *problem =
        problem_of_refusal(&exchange->ctx, &refusal, exchange->request.operation, exchange->scope);
    if (problem == problem_at(PROBLEM_NOT_ADMITTED) && begin_again(exchange))
        return;
    if (problem->status == 500) /* our own fault: the line has names, never data */
        fprintf(stderr,
                "{\"event\":\"sql-error\",\"operation\":\"%s\",\"sqlstate\":\"%.*s\","
                "\"constraint\":\"%.*s\"}\n",
                exchange->request.operation->id, STR_ARG(refusal.sqlstate),
                STR_ARG(refusal.constraint));
    struct str hint = str_of(PQresultErrorField(error, PG_DIAG_MESSAGE_HINT));
    if (problem->status == 429)
        note_quota(exchange, hint);
    refuse(exchange, problem, hint);
}

/* The context statement answers with a row when the user does not have this hat any more, or when it is
 * another one by now. A write is refused instead. */
static bool is_admitted(const struct exchange *exchange)
{
    return PQntuples(exchange->transaction.first->result) == 0;
}

/* It is in the log whose data the rows show, or it could not be noted. */
static void on_looked(struct exchange *exchange, bool noted)
{
    exchange->in_database = false;
    if (!exchange->req)
        exchange_release(exchange);
    else if (noted)
        finish_with_rows(exchange);
    else
        finish_with_problem(exchange, problem_of(ERR_UNAVAILABLE));
}

static void on_committed(struct exchange *exchange)
{
    const struct operation *operation = exchange->request.operation;
    if (exchange->step == STEP_OUTCOME) {
        replay(exchange);
        return;
    }
    if (operation->flags & OPERATION_WAKES && exchange->step == STEP_MAIN)
        wake_send(exchange->loop->wake);
    enum err err = rows_err(exchange);
    if (err)
        refuse(exchange, problem_of(err), S(""));
    else if (look_note(exchange, on_looked))
        exchange->in_database = true;
    else
        finish_with_rows(exchange);
}

static void on_done(struct transaction *transaction, enum transaction_end end)
{
    struct exchange *exchange = transaction->owner;
    exchange->in_database = false;
    if (end == TRANSACTION_REFUSED)
        on_refused(exchange);
    else if (end == TRANSACTION_COMMITTED && !is_admitted(exchange)) {
        if (!begin_again(exchange))
            refuse(exchange, problem_at(PROBLEM_NOT_ADMITTED), S(""));
    } else if (!exchange->req)
        exchange_release(exchange);
    else if (end == TRANSACTION_COMMITTED)
        on_committed(exchange);
    else
        finish_with_problem(exchange, problem_of(ERR_UNAVAILABLE));
}
