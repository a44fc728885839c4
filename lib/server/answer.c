/* SPDX-License-Identifier: EUPL-1.2 */
/* Rows or a problem, to the client; and the end of the exchange. */
#include "lib/server/answer.h"

#include "lib/base/clock.h"
#include "lib/db/rows.h"
#include "lib/server/exchange.h"
#include "lib/server/log.h"
#include "lib/server/metrics.h"

static const struct header {
    struct str name, value;
} always[] = {
    {{"api-version", 11}, {"0.1.0", 5}},
    {{"x-content-type-options", 22}, {"nosniff", 7}},
    {{"x-frame-options", 15}, {"DENY", 4}},
    {{"referrer-policy", 15}, {"no-referrer", 11}},
    {{"strict-transport-security", 25}, {"max-age=31536000; includeSubDomains", 35}},
};

void answer_header(h2o_req_t *req, const char *name, struct str value)
{
    h2o_iovec_t kept = h2o_strdup(&req->pool, value.at ? value.at : "", value.len);
    h2o_add_header_by_str(&req->pool, &req->res.headers, name, strlen(name), 0, NULL, kept.base,
                          kept.len);
}

/* Reason phrases of RFC 9110; nobody should depend on them. */
static const char *reason_of(int status)
{
    static const struct {
        int status;
        const char *reason;
    } reasons[] = {
        {200, "OK"},
        {201, "Created"},
        {204, "No Content"},
        {304, "Not Modified"},
        {400, "Bad Request"},
        {401, "Unauthorized"},
        {403, "Forbidden"},
        {404, "Not Found"},
        {405, "Method Not Allowed"},
        {406, "Not Acceptable"},
        {409, "Conflict"},
        {412, "Precondition Failed"},
        {413, "Content Too Large"},
        {414, "URI Too Long"},
        {415, "Unsupported Media Type"},
        {422, "Unprocessable Content"},
        {428, "Precondition Required"},
        {503, "Service Unavailable"},
        {504, "Gateway Timeout"},
    };
    for (size_t i = 0; i < sizeof reasons / sizeof *reasons; i++)
        if (reasons[i].status == status)
            return reasons[i].reason;
    return "Problem";
}

void answer_send(h2o_req_t *req, int status, const char *type, struct str body)
{
    for (size_t i = 0; i < sizeof always / sizeof *always; i++)
        h2o_add_header_by_str(&req->pool, &req->res.headers, always[i].name.at, always[i].name.len,
                              0, NULL, always[i].value.at, always[i].value.len);
    req->res.status = status;
    req->res.reason = reason_of(status);
    if (type)
        h2o_add_header(&req->pool, &req->res.headers, H2O_TOKEN_CONTENT_TYPE, NULL, type,
                       strlen(type));
    bool head = h2o_memis(req->method.base, req->method.len, H2O_STRLIT("HEAD"));
    req->res.content_length = status == 204 || status == 304 ? 0 : body.len;
    static h2o_generator_t nothing = {NULL, NULL};
    h2o_iovec_t bytes =
        head ? h2o_iovec_init(NULL, 0) : h2o_strdup(&req->pool, body.at ? body.at : "", body.len);
    h2o_start_response(req, &nothing);
    h2o_send(req, &bytes, bytes.len ? 1 : 0, H2O_SEND_STATE_FINAL);
}

static void finish(struct exchange *exchange, int status)
{
    int64_t took_us = clock_us() - exchange->started_us;
    metrics_request(exchange->loop->metrics, exchange, status, took_us);
    log_request(exchange->loop->log, exchange, status, took_us);
    exchange->req = NULL;
    exchange_release(exchange);
}

void exchange_release(struct exchange *exchange)
{
    if (exchange->req || exchange->in_database)
        return;
    if (h2o_timeout_is_linked(&exchange->deadline))
        h2o_timeout_unlink(&exchange->deadline);
    exchange->loop->exchanges--;
    arena_free(exchange->ctx.arena);
}

void exchange_refuse(struct exchange *exchange, const struct problem *problem)
{
    h2o_req_t *req = exchange->req;
    struct str body = problem_print(&exchange->ctx, problem);
    answer_header(req, "x-request-id", exchange->ctx.request_id);
    answer_header(req, "cache-control", S("no-store"));
    answer_header(req, "content-language",
                  exchange->ctx.language == LANGUAGE_EN ? S("en") : S("nl"));
    if (problem->status == 401)
        answer_header(req, "www-authenticate", S("Bearer realm=\"maatwerk\""));
    if (problem->status == 405)
        answer_header(req, "allow", route_allow(exchange->ctx.arena, exchange->route));
    if (problem->retry_after_s)
        answer_header(req, "retry-after", arena_int(exchange->ctx.arena, problem->retry_after_s));
    *exchange->guard = NULL; /* the request may end from here without us */
    answer_send(req, problem->status, "application/problem+json", body);
    finish(exchange, problem->status);
}

/* "version-hash": the hash tells apart what different roles, or ?fields=, see of one version. */
static struct str print_etag(struct exchange *exchange, const PGresult *rows)
{
    int columns = PQnfields(rows);
    int column = rows_column(rows, "version", columns > 2 ? columns - 2 : 0); /* mostly there */
    if (column < 0 || PQntuples(rows) != 1)
        return (struct str){0};
    uint64_t seen = (uint64_t)exchange->mask * 0x9e3779b97f4a7c15u
                    ^ (uint64_t)(exchange->mask >> 64) * 0xc2b2ae3d27d4eb4fu;
    struct buf etag = buf_in(exchange->ctx.arena);
    buf_add_char(&etag, '"');
    buf_add(&etag, str_of(PQgetvalue(rows, 0, column)));
    buf_add_char(&etag, '-');
    buf_add_int(&etag, (int64_t)(seen >> 40));
    buf_add_char(&etag, '"');
    return buf_str(&etag);
}

static struct str print_one(struct exchange *exchange, const struct statement *statement)
{
    struct buf out = buf_in(exchange->ctx.arena);
    struct row_writer writer =
        row_writer_for(exchange->request.operation->response, exchange->mask, statement->result);
    row_write(&out, &writer, 0);
    return buf_str(&out);
}

static void add_location(struct exchange *exchange)
{
    const struct operation *operation = exchange->request.operation;
    if (!(operation->flags & OPERATION_CREATES) || !operation->response
        || !operation->response->self)
        return;
    answer_header(exchange->req, "location",
                  arena_print(exchange->ctx.arena, "/v1%s%.*s", operation->response->self,
                              STR_ARG(exchange->request.new_id)));
}

void exchange_answer(struct exchange *exchange)
{
    const struct operation *operation = exchange->request.operation;
    const struct statement *statement = plan_answer(&exchange->plan);
    int status = exchange->replayed_status ? exchange->replayed_status : operation->status;
    struct str body = {0}, etag = {0};
    if (operation->flags & OPERATION_LIST) {
        body = page_print(exchange, statement);
    } else if (operation->response) {
        body = print_one(exchange, statement);
        etag = print_etag(exchange, statement->result);
    }
    if (etag.at && operation->method == METHOD_GET && str_equal(etag, exchange->if_none_match))
        status = 304;
    answer_header(exchange->req, "x-request-id", exchange->ctx.request_id);
    answer_header(exchange->req, "cache-control", S("no-store"));
    if (etag.at)
        answer_header(exchange->req, "etag", etag);
    if (exchange->replayed_status)
        answer_header(exchange->req, "idempotency-replayed", S("true"));
    add_location(exchange);
    bool empty = status == 304 || status == 204;
    *exchange->guard = NULL;
    answer_send(exchange->req, status, empty ? NULL : "application/json", empty ? S("") : body);
    finish(exchange, status);
}
