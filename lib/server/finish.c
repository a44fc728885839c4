/* SPDX-License-Identifier: EUPL-1.2 */
/* Rows or a problem, as an answer. */
#include "lib/server/finish.h"

#include "lib/base/clock.h"
#include "lib/db/rows.h"
#include "lib/http/etag.h"
#include "lib/http/schema_write.h"
#include "lib/server/answer.h"
#include "lib/server/cors.h"
#include "lib/server/header.h"
#include "lib/server/log.h"
#include "lib/server/metrics.h"
#include "lib/server/page.h"

enum { OID_BYTEA = 17 }; /* of pg_type: it is the same in every installation */

static void finish(struct exchange *exchange, int status)
{
    int64_t took_us = clock_us() - exchange->started_us;
    metrics_request(exchange->loop->metrics, exchange, status, took_us);
    log_request(exchange->loop->log, exchange, status, took_us);
    exchange->req = NULL;
    exchange_release(exchange);
}

void finish_without_content(struct exchange *exchange, int status)
{
    header_add(exchange->req, "x-request-id", exchange->ctx.request_id);
    *exchange->guard = NULL;
    answer_send(exchange->req, status, NULL, S(""));
    finish(exchange, status);
}

/* RateLimit-Policy and RateLimit of draft-ietf-httpapi-ratelimit-headers, and Retry-After of a refusal.
 * An answer has the first two when less than half is left. */
static void add_limits(struct exchange *exchange, bool refused, int retry_after_s)
{
    const struct allowance_use *use = &exchange->use;
    struct arena *arena = exchange->ctx.arena;
    bool says = use->most && (refused || use->left < use->most / 2);
    const char *name = allowance_names[use->kind];
    if (refused && use->back_s)
        retry_after_s = (int)use->back_s;
    if (retry_after_s)
        header_add(exchange->req, "retry-after", arena_int(arena, retry_after_s));
    if (!says)
        return;
    header_add(exchange->req, "ratelimit-policy",
               arena_print(arena, "\"%s\";q=%lld;w=%lld", name, (long long)use->most,
                           (long long)use->seconds));
    header_add(exchange->req, "ratelimit",
               arena_print(arena, "\"%s\";r=%lld;t=%lld", name, (long long)use->left,
                           (long long)use->back_s));
}

struct str finish_version_of(const PGresult *rows)
{
    int columns = PQnfields(rows), column;
    int hint = columns > 2 ? columns - 2 : 0; /* where most statements have it */
    if (PQntuples(rows) != 1 || !rows_column(rows, "version", hint, &column))
        return (struct str){0};
    return str_of(PQgetvalue(rows, 0, column));
}

/* Bytes travel as text with escapes. */
static struct str bytes_of(struct arena *arena, const char *value)
{
    struct str bytes = {0};
    unsigned char *read = PQunescapeBytea((const unsigned char *)value, &bytes.len);
    if (!read)
        abort();
    bytes.at = memcpy(arena_alloc(arena, bytes.len + 1), read, bytes.len);
    PQfreemem(read);
    return bytes;
}

/* The other form of the answer is a column of the row: a text, or bytes. */
static struct str text_of(struct arena *arena, const struct statement *statement)
{
    const PGresult *rows = statement->result;
    int column;
    if (PQntuples(rows) != 1 || !rows_column(rows, "as_text", PQnfields(rows) - 1, &column))
        return S("");
    const char *value = PQgetvalue(rows, 0, column);
    return PQftype(rows, column) == OID_BYTEA ? bytes_of(arena, value) : str_of(value);
}

static struct str print_one(struct exchange *exchange, const struct statement *statement)
{
    if (exchange->as_text)
        return text_of(exchange->ctx.arena, statement);
    struct buf out = buf_in(exchange->ctx.arena);
    struct schema_writer writer =
        schema_writer_of(exchange->request.operation->response, exchange->mask, statement->result);
    schema_write(&out, &writer, 0);
    return buf_str(&out);
}

/* A refusal because of an old tag also has the current tag. The last statement of the plan has read
 * it. */
static void add_current_tag(struct exchange *exchange)
{
    const struct statement *read = exchange->plan.last;
    if (!read || !read->result || PQntuples(read->result) != 1)
        return;
    struct str version = finish_version_of(read->result);
    header_add(exchange->req, "etag",
               exchange->request.operation->response
                   ? etag_print(exchange->ctx.arena, version, print_one(exchange, read))
                   : arena_print(exchange->ctx.arena, "\"%.*s\"", STR_ARG(version)));
}

void finish_with_problem(struct exchange *exchange, const struct problem *problem)
{
    h2o_req_t *req = exchange->req;
    struct str body = problem_print(&exchange->ctx, problem);
    header_add(req, "x-request-id", exchange->ctx.request_id);
    cors_open(exchange);
    header_add(req, "cache-control", S("no-store"));
    header_add(req, "content-language", ctx_language(&exchange->ctx));
    if (problem->status == 401)
        header_add(req, "www-authenticate", S("Bearer realm=\"maatwerk\""));
    if (problem == problem_of(ERR_STALE))
        add_current_tag(exchange);
    if (problem->status == 405)
        header_add(req, "allow", route_allow(exchange->ctx.arena, exchange->route));
    add_limits(exchange, problem->status == 429, problem->retry_after_s);
    *exchange->guard = NULL; /* from here on the end of the request does not concern the exchange */
    answer_send(req, problem->status, "application/problem+json", body);
    finish(exchange, problem->status);
}

static void add_location(struct exchange *exchange)
{
    const struct operation *operation = exchange->request.operation;
    if (!(operation->flags & OPERATION_CREATES) || !operation->response
        || !operation->response->self)
        return;
    header_add(exchange->req, "location",
               arena_print(exchange->ctx.arena, "/v1%s%.*s", operation->response->self,
                           STR_ARG(exchange->request.new_id)));
}

/* When the answer is not complete yet, says after how many seconds the client asks again. */
static void add_retry_after(struct exchange *exchange, const PGresult *rows)
{
    int column;
    if ((exchange->request.operation->flags & OPERATION_WAITS) && PQntuples(rows)
        && rows_column(rows, "retry_after", PQnfields(rows) - 1, &column)
        && !PQgetisnull(rows, 0, column))
        header_add(exchange->req, "retry-after", str_of(PQgetvalue(rows, 0, column)));
}

void finish_with_rows(struct exchange *exchange)
{
    const struct operation *operation = exchange->request.operation;
    const struct statement *statement = plan_answer(&exchange->plan);
    int status = exchange->replayed_status ? exchange->replayed_status : operation->status;
    struct str body = {0}, shown = {0}, etag = {0};
    if (operation->response || exchange->as_text) {
        bool list = operation->flags & OPERATION_LIST;
        body = list ? page_print(exchange, statement, &shown) : print_one(exchange, statement);
        struct str version = list ? (struct str){0} : finish_version_of(statement->result);
        if (version.at || (operation->flags & OPERATION_READS))
            etag = etag_print(exchange->ctx.arena, version, list ? shown : body);
    }
    if (etag.at && exchange->if_none_match.at && etag_is_named(exchange->if_none_match, etag))
        status = 304;
    header_add(exchange->req, "x-request-id", exchange->ctx.request_id);
    cors_open(exchange);
    header_add(exchange->req, "cache-control", S("no-store"));
    if (etag.at)
        header_add(exchange->req, "etag", etag);
    if (exchange->replayed_status)
        header_add(exchange->req, "idempotency-replayed", S("true"));
    add_limits(exchange, false, 0);
    add_location(exchange);
    if (statement)
        add_retry_after(exchange, statement->result);
    bool empty = status == 304 || status == 204;
    *exchange->guard = NULL;
    const char *type = exchange->as_text ? operation->text : "application/json";
    answer_send(exchange->req, status, empty ? NULL : type, empty ? S("") : body);
    finish(exchange, status);
}
