/* SPDX-License-Identifier: EUPL-1.2 */
/* From the arrival of a request to its plan. */
#include "lib/server/handle.h"

#include <time.h>

#include "lib/base/clock.h"
#include "lib/base/limits.h"
#include "lib/http/framing.h"
#include "lib/http/preference.h"
#include "lib/server/cors.h"
#include "lib/server/denial.h"
#include "lib/server/exchange.h"
#include "lib/server/execute.h"
#include "lib/server/finish.h"
#include "lib/server/hats.h"
#include "lib/server/header.h"
#include "lib/server/input.h"
#include "lib/server/login.h"

/* The request ends before it is answered: its client is gone. The database may still be at work. */
static void on_request_gone(void *data)
{
    struct exchange **guard = data;
    struct exchange *exchange = *guard;
    if (!exchange)
        return;
    exchange->req = NULL;
    exchange->transaction.abandoned = true;
    exchange_release(exchange);
}

static void on_deadline(h2o_timeout_entry_t *entry)
{
    struct exchange *exchange = H2O_STRUCT_FROM_MEMBER(struct exchange, deadline, entry);
    exchange->transaction.abandoned = true;
    if (exchange->req)
        finish_with_problem(exchange, problem_of(ERR_TIMEOUT));
}

/* Bytes that arrive while a request is being answered wait in the buffer of h2o, which reads
 * that buffer first. No more bytes are read. */
static void on_early_bytes(h2o_socket_t *socket, const char *error)
{
    (void)error; /* h2o sees it again when it reads or writes */
    h2o_socket_read_stop(socket);
}

/* Without a body, h2o leaves the texts of a request in its read buffer, which moves when more
 * bytes arrive. So they are copied. */
static void keep_texts(h2o_req_t *req)
{
    req->method = req->input.method = h2o_strdup(&req->pool, req->method.base, req->method.len);
    for (size_t i = 0; i < req->headers.size; i++) {
        h2o_header_t *header = &req->headers.entries[i];
        if (!h2o_iovec_is_token(header->name))
            *header->name = h2o_strdup(&req->pool, header->name->base, header->name->len);
        header->value = h2o_strdup(&req->pool, header->value.base, header->value.len);
    }
}

/* h2o stops reading during a request of HTTP/1 and starts again after it, which costs two system
 * calls. They are not needed when reading goes on. */
static void keep_reading(h2o_req_t *req)
{
    if (req->version >= 0x200)
        return;
    if (!req->entity.base)
        keep_texts(req);
    h2o_socket_read_start(req->conn->callbacks->get_socket(req->conn), on_early_bytes);
}

/* A request with unclear framing ends the connection: nobody knows where the next request
 * begins. */
static bool is_clear(h2o_req_t *req)
{
    const h2o_buffer_t *input =
        req->version < 0x200 ? req->conn->callbacks->get_socket(req->conn)->input : NULL;
    bool clear = !input || framing_is_clear((struct str){input->bytes, input->size});
    req->http1_is_persistent = req->http1_is_persistent && clear;
    return clear;
}

static struct str new_id(struct arena *arena)
{
    return uuid_print(uuid_new(), arena_alloc(arena, UUID_TEXT_LEN + 1));
}

static struct exchange *exchange_new(h2o_req_t *req)
{
    struct arena *arena = arena_new();
    struct exchange *exchange = ARENA_NEW(arena, struct exchange);
    struct timespec wall;
    clock_gettime(CLOCK_REALTIME, &wall);
    exchange->ctx.arena = arena;
    exchange->ctx.now_us = wall.tv_sec * 1000000 + wall.tv_nsec / 1000;
    exchange->started_us = clock_us();
    exchange->ctx.request_id = new_id(arena);
    exchange->ctx.language = preference_language(header_join(req, "accept-language", arena));
    exchange->loop = loop_of(req);
    exchange->ctx.keys = exchange->loop->server->keys;
    exchange->req = req;
    exchange->guard = h2o_mem_alloc_shared(&req->pool, sizeof *exchange->guard, on_request_gone);
    *exchange->guard = exchange;
    exchange->deadline.cb = on_deadline;
    h2o_timeout_link(exchange->loop->h2o.loop, &exchange->loop->deadline, &exchange->deadline);
    exchange->loop->exchanges++;
    return exchange;
}

static bool headers_too_large(const h2o_req_t *req)
{
    size_t size = 0;
    for (size_t i = 0; i < req->headers.size; i++)
        size += req->headers.entries[i].name->len + req->headers.entries[i].value.len;
    return size > LIMIT_HEADERS;
}

static bool accepts(struct exchange *exchange)
{
    const char *text = exchange->request.operation->text;
    struct arena *arena = exchange->ctx.arena;
    struct str accept = header_join(exchange->req, "accept", arena);
    exchange->as_text = text && preference_prefers(accept, str_of(text), S("application/json"));
    bool json = !text || exchange->request.operation->response; /* else there is no other form */
    if (!json) /* clients that know JSON only ask for the problem that it may be */
        exchange->as_text = preference_admits(accept, str_of(text))
                            || (!preference_refuses(accept, str_of(text))
                                && preference_admits(accept, S("application/problem+json")));
    return (exchange->as_text || (json && preference_admits(accept, S("application/json")))
            || (json && !preference_refuses(accept, S("application/json"))
                && preference_admits(accept, S("application/problem+json"))))
           && preference_admits_plain(header_join(exchange->req, "accept-encoding", arena));
}

static const struct problem *route(struct exchange *exchange)
{
    h2o_req_t *req = exchange->req;
    struct str target = {req->path.base, req->path.len};
    enum method method;
    if (target.len > LIMIT_TARGET)
        return problem_at(PROBLEM_URI_TOO_LONG);
    if (headers_too_large(req))
        return problem_at(PROBLEM_HEADERS_TOO_LARGE);
    enum err err = uri_read(&exchange->ctx, target, &exchange->uri);
    if (err)
        return problem_of(err);
    struct uri *uri = &exchange->uri;
    if (uri->segments_count > 1 && str_equal(uri->segments[0], S("v1")))
        exchange->route = router_find(&exchange->loop->server->router, uri->segments + 1,
                                      uri->segments_count - 1, exchange->request.path);
    if (!exchange->route)
        return problem_of(ERR_NOT_FOUND);
    if (!method_read((struct str){req->method.base, req->method.len}, &method)
        || !exchange->route->operations[method])
        return problem_at(PROBLEM_METHOD_NOT_ALLOWED);
    exchange->request.operation = exchange->route->operations[method];
    return accepts(exchange) ? NULL : problem_at(PROBLEM_NOT_ACCEPTABLE);
}

static unsigned group_of(const struct exchange *exchange)
{
    uint32_t role = exchange->actor.role;
    return allowance_group_of[role ? __builtin_ctz(role) : 0];
}

/* Whether the caller was not refused too often. */
static bool is_heard(struct exchange *exchange)
{
    return allowance_is_left(exchange->loop->server->allowances, group_of(exchange),
                             ALLOWANCE_REFUSED, exchange->caller, exchange->started_us,
                             &exchange->use);
}

/* Whether the caller has not called, nor been refused, too often. */
static bool is_within_limits(struct exchange *exchange)
{
    bool reads = exchange->request.operation->flags & OPERATION_READS;
    return is_heard(exchange)
           && allowance_take(exchange->loop->server->allowances, group_of(exchange),
                             reads ? ALLOWANCE_READ : ALLOWANCE_WRITE, exchange->caller,
                             exchange->started_us, &exchange->use);
}

static const struct problem *admit(struct exchange *exchange, enum login login)
{
    const struct operation *operation = exchange->request.operation;
    if (operation->flags & OPERATION_PUBLIC)
        return NULL;
    if (!is_within_limits(exchange))
        return problem_at(PROBLEM_TOO_MANY_REQUESTS);
    exchange->scope = operation_scope(operation, exchange->actor.role);
    if (login == LOGIN_NO_HAT)
        return problem_at(PROBLEM_NOT_ADMITTED);
    if (login == LOGIN_UNCLEAR) {
        login_note_hats(exchange);
        return problem_of(ERR_INVALID);
    }
    return login == LOGIN_CHOSEN ? NULL : problem_of(ERR_FORBIDDEN);
}

static void refuse(struct exchange *exchange, const struct problem *problem)
{
    denial_note(exchange, problem, S(""));
    finish_with_problem(exchange, problem);
}

/* What is remembered of hats may be old: nobody is refused by that alone. */
static void go_on(struct exchange *exchange)
{
    const struct operation *operation = exchange->request.operation;
    enum login login = operation->flags & OPERATION_PUBLIC ? LOGIN_CHOSEN : login_choose(exchange);
    if (login != LOGIN_CHOSEN && !exchange->hats_asked && is_heard(exchange)) {
        hats_ask(exchange);
        return;
    }
    const struct problem *problem = admit(exchange, login);
    if (!problem)
        problem = input_read(exchange);
    if (problem) {
        refuse(exchange, problem);
        return;
    }
    if (!(operation->flags & OPERATION_READS))
        exchange->request.new_id = new_id(exchange->ctx.arena);
    execute_request(exchange);
}

int handle_request(h2o_handler_t *self, h2o_req_t *req)
{
    (void)self;
    bool clear = is_clear(req);
    keep_reading(req);
    struct exchange *exchange = exchange_new(req);
    const struct problem *problem = clear ? route(exchange) : problem_at(PROBLEM_INVALID);
    if (problem == problem_at(PROBLEM_METHOD_NOT_ALLOWED) && cors_asks(req)
        && cors_grant(exchange, exchange->route)) {
        finish_without_content(exchange, 204);
        return 0;
    }
    if (!problem && !(exchange->request.operation->flags & OPERATION_PUBLIC)) {
        enum err err = login_check(exchange);
        problem = err ? problem_of(err) : NULL;
    }
    exchange->go_on = go_on;
    if (problem)
        refuse(exchange, problem);
    else
        go_on(exchange);
    return 0;
}
