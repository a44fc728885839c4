/* SPDX-License-Identifier: EUPL-1.2 */
/* Handlers of candidates that encrypt a citizen service number or search for one. */
#include "lib/auth/bsn.h"
#include "services/candidates/candidate.h"
#include "services/candidates/gen/queries.h"

static enum err store_bsn(struct ctx *ctx, const struct request *req, struct plan *plan)
{
    const struct candidate_new *candidate = req->body;
    struct bsn_sealed sealed;
    enum err err = bsn_seal(ctx->arena, ctx->keys, candidate->bsn, ctx->actor->tenant_id,
                            req->new_id, &sealed);
    if (err)
        return err;
    sql_candidate_bsn_store(plan, (struct sql_candidate_bsn_store){
                                      .id = req->new_id,
                                      .key_id = S("1"),
                                      .nonce = sealed.nonce,
                                      .ciphertext = sealed.ciphertext,
                                      .blind_index = sealed.blind_index,
                                  });
    return OK;
}

/* Adds the parts of a candidate. They come from the same document, and are new as the row itself
 * is. */
enum err candidate_create(struct ctx *ctx, const struct request *req, struct plan *plan)
{
    const struct candidate_new *candidate = req->body;
    enum err err = candidate_bsn_check(ctx, candidate->bsn);
    if (err)
        return err;
    sql_candidate_insert(plan, candidate,
                         (struct sql_candidate_insert){
                             .id = req->new_id,
                             .case_manager_id = candidate_case_manager(ctx->actor, candidate),
                         });
    sql_candidate_replace_parts(plan, (struct sql_candidate_replace_parts){
                                          .id = req->new_id,
                                          .document = req->document,
                                      });
    if (candidate->bsn.at)
        err = store_bsn(ctx, req, plan);
    sql_candidate_get(plan, (struct sql_candidate_get){.id = req->new_id});
    return err;
}

enum err candidate_search(struct ctx *ctx, const struct request *req, struct plan *plan)
{
    const struct candidate_search *wanted = req->body;
    enum err err = candidate_bsn_check(ctx, wanted->bsn);
    if (err)
        return err;
    sql_candidate_search(plan,
                         (struct sql_candidate_search){
                             .blind_index = bsn_blind_index(ctx->arena, ctx->keys,
                                                            ctx->actor->tenant_id, wanted->bsn),
                             .purpose = wanted->purpose,
                         });
    return OK;
}
