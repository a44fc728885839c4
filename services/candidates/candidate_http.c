/* SPDX-License-Identifier: EUPL-1.2 */
/* Handlers of candidates: those that encrypt a citizen service number or search for one, and the one
 * that gives names when they are asked for. */
#include "lib/auth/bsn.h"
#include "services/candidates/candidate.h"
#include "services/candidates/gen/queries.h"

enum err candidate_create(struct ctx *ctx, const struct request *req, struct plan *plan)
{
    const struct candidate_new *candidate = req->body;
    struct bsn_sealed sealed;
    enum err err = candidate_bsn_check(ctx, candidate->bsn);
    if (!err && candidate->bsn.at)
        err = bsn_seal(ctx->arena, ctx->keys, candidate->bsn, ctx->actor->tenant_id, req->new_id,
                       &sealed);
    if (err)
        return err;
    sql_candidate_insert(plan, candidate,
                         (struct sql_candidate_insert){
                             .id = req->new_id,
                             .case_manager_id = candidate_case_manager(ctx->actor, candidate),
                         });
    if (candidate->bsn.at)
        sql_candidate_bsn_store(plan, (struct sql_candidate_bsn_store){
                                          .id = req->new_id,
                                          .key_id = S("1"),
                                          .nonce = sealed.nonce,
                                          .ciphertext = sealed.ciphertext,
                                          .blind_index = sealed.blind_index,
                                      });
    sql_candidate_get(plan, (struct sql_candidate_get){.id = req->new_id});
    return OK;
}

enum err candidate_read(struct ctx *ctx, const struct request *req, struct plan *plan)
{
    if (str_equal(req->query[0], S("true")))
        sql_candidate_get_named(plan,
                                (struct sql_candidate_get_named){.id = req->path[0],
                                                                 .language = ctx_language(ctx)});
    else
        sql_candidate_get(plan, (struct sql_candidate_get){.id = req->path[0]});
    return OK;
}

enum err candidate_update(struct ctx *ctx, const struct request *req, struct plan *plan)
{
    const struct candidate_change *change = req->body;
    struct bsn_sealed sealed = {0};
    struct str id = req->path[0];
    enum err err = candidate_bsn_check(ctx, change->bsn);
    if (!err && change->bsn.at)
        err = bsn_seal(ctx->arena, ctx->keys, change->bsn, ctx->actor->tenant_id, id, &sealed);
    if (err)
        return err;
    sql_candidate_change(plan, (struct sql_candidate_change){
                                   .document = req->document,
                                   .id = id,
                                   .version = req->version,
                                   .key_id = S("1"),
                                   .nonce = sealed.nonce,
                                   .ciphertext = sealed.ciphertext,
                                   .blind_index = sealed.blind_index,
                               });
    sql_candidate_get(plan, (struct sql_candidate_get){.id = id});
    return OK;
}

enum err candidate_search(struct ctx *ctx, const struct request *req, struct plan *plan)
{
    const struct candidate_search *wanted = req->body;
    enum err err = candidate_search_check(ctx, wanted);
    if (err)
        return err;
    if (!wanted->bsn.at) {
        sql_candidate_search_name(plan, (struct sql_candidate_search_name){
                                            .name = wanted->name,
                                            .born = wanted->birth_date,
                                            .purpose = wanted->purpose,
                                        });
        return OK;
    }
    sql_candidate_search(plan,
                         (struct sql_candidate_search){
                             .blind_index = bsn_blind_index(ctx->arena, ctx->keys,
                                                            ctx->actor->tenant_id, wanted->bsn),
                             .purpose = wanted->purpose,
                         });
    return OK;
}
