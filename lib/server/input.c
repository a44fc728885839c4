/* SPDX-License-Identifier: EUPL-1.2 */
/* Parameters, headers and body, each checked against the contract. */
#include "lib/server/input.h"

#include <openssl/evp.h>

#include "lib/base/hex.h"
#include "lib/base/limits.h"
#include "lib/http/check.h"
#include "lib/http/etag.h"
#include "lib/http/schema_columns.h"
#include "lib/http/schema_read.h"
#include "lib/http/schema_write.h"
#include "lib/json/parse.h"
#include "lib/server/header.h"
#include "lib/server/page.h"

static void note_header(struct exchange *exchange, const char *name, enum fault_code code,
                        struct str limit)
{
    struct place here = {.in = FAULT_AT_HEADER, .name = name};
    place_fault(&exchange->ctx, &here, code, limit);
}

/* The values of a list of codes with commas between them. Notes a fault at the first that does not fit. */
static void check_values(struct exchange *exchange, const struct field *field, struct str values,
                         const struct place *here)
{
    struct str rest = values;
    while (rest.at) {
        struct str before = {values.at, (size_t)(rest.at - values.at)}, one = str_cut(&rest, ',');
        if (check_text(&exchange->ctx, field, field->item, &one, here) != OK)
            return; /* the fault is noted */
        while (before.len)
            if (str_equal(str_cut(&before, ','), one)) {
                place_fault(&exchange->ctx, here, FAULT_REPEATED, (struct str){0});
                return;
            }
    }
}

/* The value in its normal form. Notes a fault when it does not fit. */
static struct str check_parameter(struct exchange *exchange, const struct field *field,
                                  struct str value)
{
    struct place here = {.in = FAULT_AT_PARAMETER, .name = field->name};
    if (field->type == FIELD_LIST) {
        check_values(exchange, field, value, &here);
        return value;
    }
    enum err noted = check_text(&exchange->ctx, field, field->type, &value, &here);
    (void)noted; /* input_read() counts the faults */
    return value;
}

/* Reads one parameter. A parameter that the role may not see is refused like an unknown one. */
static void read_parameter(struct exchange *exchange, const struct uri_parameter *given)
{
    const struct operation *operation = exchange->request.operation;
    static const char *const of_lists[] = {"cursor", "pageSize", "sort", "count"};
    for (size_t i = 0; i < operation->parameters_count; i++) {
        const struct field *field = &operation->parameters[i];
        if (str_equal(given->name, str_of(field->name))
            && (field->visible_to & exchange->actor.role)) {
            exchange->request.query[i] = check_parameter(exchange, field, given->value);
            return;
        }
    }
    if (operation->method == METHOD_GET && operation->response
        && str_equal(given->name, S("fields")))
        return;
    for (size_t i = 0;
         i < sizeof of_lists / sizeof *of_lists && (operation->flags & OPERATION_LIST); i++)
        if (str_equal(given->name, str_of(of_lists[i])))
            return;
    fault_note(&exchange->ctx.faults, exchange->ctx.arena, FAULT_AT_PARAMETER, given->name,
               FAULT_UNKNOWN_PARAMETER, (struct str){0});
}

static void read_parameters(struct exchange *exchange)
{
    const struct operation *operation = exchange->request.operation;
    for (size_t i = 0; i < operation->path_count; i++)
        check_parameter(exchange, &operation->path_fields[i], exchange->request.path[i]);
    for (size_t i = 0; i < exchange->uri.parameters_count; i++)
        read_parameter(exchange, &exchange->uri.parameters[i]);
    if (operation->flags & OPERATION_LIST)
        page_read(exchange);
    exchange->mask = 0;
    if (operation->response
        && schema_select(&exchange->ctx, operation->response,
                         schema_visible(operation->response, exchange->actor.role)
                             & operation->shown,
                         exchange_parameter(exchange, "fields"), &exchange->mask)
               != OK)
        exchange->mask = 0;
    exchange->request.shows = exchange->mask;
}

static void read_key(struct exchange *exchange, struct str value)
{
    struct place here = {.in = FAULT_AT_HEADER, .name = "Idempotency-Key"};
    struct str key;
    if (!value.at)
        note_header(exchange, here.name, FAULT_REQUIRED, (struct str){0});
    else if (check_key(&exchange->ctx, value, &here, &key) == OK)
        exchange->key = arena_copy(exchange->ctx.arena, key);
}

/* Whether the header has at most `most` bytes; notes a fault when it has more. */
static bool fits(struct exchange *exchange, const char *name, struct str value, int most)
{
    if (value.len <= (size_t)most)
        return true;
    note_header(exchange, name, FAULT_LENGTH, arena_print(exchange->ctx.arena, "0..%d", most));
    return false;
}

/* Whether there is a valid condition. A condition on an operation that does not know it is a
 * fault: it is not ignored. */
static bool has_condition(struct exchange *exchange, const char *name, struct str value, bool known)
{
    if (!value.at || !fits(exchange, name, value, LIMIT_TAGS))
        return false;
    if (!known)
        note_header(exchange, name, FAULT_NOT_HERE, (struct str){0});
    else if (!etag_is_list(value))
        note_header(exchange, name, FAULT_ETAG, (struct str){0});
    return known && etag_is_list(value);
}

static void read_headers(struct exchange *exchange)
{
    struct arena *arena = exchange->ctx.arena;
    unsigned flags = exchange->request.operation->flags;
    struct str match = header_join(exchange->req, "if-match", arena),
               none = header_join(exchange->req, "if-none-match", arena);
    fits(exchange, "Accept-Language", header_join(exchange->req, "accept-language", arena),
         LIMIT_LANGUAGES);
    if (has_condition(exchange, "If-Match", match, flags & OPERATION_NEEDS_MATCH))
        exchange->request.version = etag_versions(arena, match);
    if (has_condition(exchange, "If-None-Match", none, flags & OPERATION_READS))
        exchange->if_none_match = arena_copy(arena, none);
    if (flags & OPERATION_NEEDS_KEY)
        read_key(exchange, header_join(exchange->req, "idempotency-key", arena));
}

static void print_fingerprint(struct exchange *exchange, struct str body)
{
    unsigned char digest[EVP_MAX_MD_SIZE];
    struct buf text = buf_in(exchange->ctx.arena), hex = buf_in(exchange->ctx.arena);
    for (size_t i = 0; i < exchange->uri.segments_count; i++) {
        buf_add_char(&text, '/');
        buf_add(&text, exchange->uri.segments[i]);
    }
    buf_add_char(&text, '\n');
    buf_add(&text, body);
    struct str whole = buf_str(&text);
    EVP_Digest(whole.at, whole.len, digest, NULL, EVP_sha256(), NULL);
    hex_add(&hex, digest, 32);
    exchange->fingerprint = buf_str(&hex);
}

/* Whether the media type is the wanted one. A charset, when given, must be UTF-8. */
static bool is_media(struct str given, struct str wanted)
{
    struct str rest = given, type = str_trim(str_cut(&rest, ';'));
    if (type.len != wanted.len || strncasecmp(type.at, wanted.at, wanted.len) != 0)
        return false;
    rest = rest.at ? str_trim(rest) : rest;
    return !rest.at || rest.len == 0
           || (rest.len == 13 && strncasecmp(rest.at, "charset=utf-8", 13) == 0);
}

/* Whether the body has no content coding, such as gzip: none is undone (RFC 9110 section 8.4). */
static bool is_uncoded(struct exchange *exchange)
{
    struct str coding = header_join(exchange->req, "content-encoding", exchange->ctx.arena);
    return !coding.at || (coding.len == 8 && strncasecmp(coding.at, "identity", 8) == 0);
}

static const struct problem *read_body(struct exchange *exchange, struct str body)
{
    const struct operation *operation = exchange->request.operation;
    bool partial = operation->flags & OPERATION_PARTIAL;
    cJSON *json = NULL;
    void *read = NULL;
    if (body.len && !is_uncoded(exchange))
        return problem_at(PROBLEM_UNSUPPORTED_MEDIA_TYPE);
    if (!operation->body) {
        if (body.len)
            place_fault(&exchange->ctx, NULL, FAULT_UNKNOWN_PROPERTY, (struct str){0});
        return NULL;
    }
    size_t medias;
    struct str media = header_find(exchange->req, "content-type", &medias);
    if (medias != 1
        || !is_media(media, partial ? S("application/merge-patch+json") : S("application/json")))
        return problem_at(PROBLEM_UNSUPPORTED_MEDIA_TYPE);
    if (body.len > operation->body_max)
        return problem_at(PROBLEM_TOO_LARGE);
    if (json_parse(&exchange->ctx, body, &json) != OK
        || schema_read(&exchange->ctx, operation->body, json, partial, &read) != OK)
        return NULL; /* the faults are noted: input_read() sees them */
    exchange->request.body = read;
    exchange->request.document = schema_columns(exchange->ctx.arena, operation->body, json);
    return NULL;
}

static bool gives_what_it_may_not(const struct faults *faults)
{
    for (size_t i = 0; i < faults->count && i < LIMIT_FAULTS; i++)
        if (faults->at[i].code == FAULT_NOT_WRITABLE)
            return true;
    return false;
}

const struct problem *input_read(struct exchange *exchange)
{
    const struct operation *operation = exchange->request.operation;
    h2o_req_t *req = exchange->req;
    struct str body = {req->entity.base ? req->entity.base : "", req->entity.len};
    read_parameters(exchange);
    read_headers(exchange);
    const struct problem *problem = read_body(exchange, body);
    if (problem)
        return problem;
    if (exchange->ctx.faults.count)
        return problem_at(gives_what_it_may_not(&exchange->ctx.faults) ? PROBLEM_FORBIDDEN
                                                                       : PROBLEM_INVALID);
    if ((operation->flags & OPERATION_NEEDS_MATCH) && !exchange->request.version.at)
        return problem_at(PROBLEM_MATCH_REQUIRED);
    if (operation->flags & OPERATION_NEEDS_KEY)
        print_fingerprint(exchange, body);
    return NULL;
}
