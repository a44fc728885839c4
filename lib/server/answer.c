/* SPDX-License-Identifier: EUPL-1.2 */
/* Status, headers and body to h2o. */
#include "lib/server/answer.h"

#include "lib/server/gen/headers.h"

/* The reason phrases of RFC 9110. No client should depend on them. */
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
        {429, "Too Many Requests"},
        {503, "Service Unavailable"},
        {504, "Gateway Timeout"},
    };
    for (size_t i = 0; i < sizeof reasons / sizeof *reasons; i++)
        if (reasons[i].status == status)
            return reasons[i].reason;
    return "Problem";
}

static void add_headers(h2o_req_t *req, int status, const char *type)
{
    for (size_t i = 0; i < sizeof headers / sizeof *headers; i++)
        h2o_add_header_by_str(&req->pool, &req->res.headers, headers[i].name.at,
                              headers[i].name.len, 0, NULL, headers[i].value.at,
                              headers[i].value.len);
    req->res.status = status;
    req->res.reason = reason_of(status);
    if (type)
        h2o_add_header(&req->pool, &req->res.headers, H2O_TOKEN_CONTENT_TYPE, NULL, type,
                       strlen(type));
}

/* Sends what stays until the client has it. */
static void send_bytes(h2o_req_t *req, h2o_iovec_t bytes)
{
    static h2o_generator_t nothing = {NULL, NULL};
    h2o_start_response(req, &nothing);
    h2o_send(req, &bytes, bytes.len ? 1 : 0, H2O_SEND_STATE_FINAL);
}

static bool is_head(const h2o_req_t *req)
{
    return h2o_memis(req->method.base, req->method.len, H2O_STRLIT("HEAD"));
}

void answer_send(h2o_req_t *req, int status, const char *type, struct str body)
{
    add_headers(req, status, type);
    req->res.content_length = status == 204 || status == 304 ? 0 : body.len;
    send_bytes(req, is_head(req) ? h2o_iovec_init(NULL, 0)
                                 : h2o_strdup(&req->pool, body.at ? body.at : "", body.len));
}

void answer_share(h2o_req_t *req, const char *type, struct str body)
{
    add_headers(req, 200, type);
    req->res.content_length = body.len;
    send_bytes(req, is_head(req) ? h2o_iovec_init(NULL, 0) : h2o_iovec_init(body.at, body.len));
}
