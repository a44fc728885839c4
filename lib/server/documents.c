/* SPDX-License-Identifier: EUPL-1.2 */
/* The contract is part of the program, so it cannot differ from the operations of the program. */
#include "lib/server/documents.h"

#include "lib/http/etag.h"
#include "lib/server/answer.h"
#include "lib/server/header.h"

#define EMBED(name, file)                                                             \
    __asm__(".section .rodata\n.global " #name "\n" #name ":\n.incbin \"" file "\"\n" \
            ".global " #name "_end\n" #name "_end:\n.byte 0\n.previous\n");           \
    extern const char name[], name##_end[]

EMBED(contract_json, "openapi/gen/openapi.json");
EMBED(contract_yaml, "openapi/gen/openapi.yaml");

/* Answers with the document, or with 304 when the client has it already. */
static void send_document(h2o_req_t *req, const char *type, struct str document)
{
    struct arena *arena = arena_new();
    struct str tag = etag_print(arena, (struct str){0}, document),
               known = header_join(req, "if-none-match", arena);
    header_add(req, "access-control-allow-origin", S("*"));
    header_add(req, "cache-control", S("public, max-age=300"));
    header_add(req, "etag", tag);
    if (known.at && etag_is_list(known) && etag_is_named(known, tag))
        answer_send(req, 304, NULL, (struct str){0});
    else
        answer_share(req, type, document);
    arena_free(arena);
}

int documents_handle(h2o_handler_t *self, h2o_req_t *req)
{
    (void)self;
    bool yaml = h2o_memis(req->path_normalized.base, req->path_normalized.len,
                          H2O_STRLIT("/v1/openapi.yaml"));
    bool json = h2o_memis(req->path_normalized.base, req->path_normalized.len,
                          H2O_STRLIT("/v1/openapi.json"));
    bool get = h2o_memis(req->method.base, req->method.len, H2O_STRLIT("GET"))
               || h2o_memis(req->method.base, req->method.len, H2O_STRLIT("HEAD"));
    if ((!yaml && !json) || !get)
        return -1; /* the next handler answers */
    const char *from = yaml ? contract_yaml : contract_json,
               *to = yaml ? contract_yaml_end : contract_json_end;
    send_document(req, yaml ? "application/yaml" : "application/json",
                  (struct str){from, (size_t)(to - from)});
    return 0;
}

static void on_docs(h2o_filter_t *filter, h2o_req_t *req, h2o_ostream_t **slot)
{
    header_add(req, "content-security-policy",
               S("default-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; "
                 "base-uri 'none'; form-action 'self'; frame-ancestors 'none'"));
    header_add(req, "x-content-type-options", S("nosniff"));
    h2o_setup_next_ostream(req, slot);
    (void)filter;
}

void documents_register_docs(h2o_hostconf_t *host, const char *folder)
{
    h2o_pathconf_t *path = h2o_config_register_path(host, "/docs", 0);
    h2o_filter_t *filter = h2o_create_filter(path, sizeof *filter);
    filter->on_setup_ostream = on_docs;
    h2o_file_register(path, folder, NULL, NULL, 0);
}
