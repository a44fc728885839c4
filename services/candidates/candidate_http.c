/* SPDX-License-Identifier: EUPL-1.2 */
/* Candidates, their card, and finding one by citizen service number. */
#include "lib/auth/bsn.h"
#include "services/candidates/candidate.h"
#include "services/candidates/gen/queries.h"

enum err candidate_list(struct ctx *ctx, const struct request *req, struct plan *plan)
{
    (void)ctx, (void)req;
    sql_candidate_list(plan);
    return OK;
}

enum err candidate_get(struct ctx *ctx, const struct request *req, struct plan *plan)
{
    (void)ctx;
    sql_candidate_get(plan, (struct sql_candidate_get){.id = req->path[0]});
    return OK;
}

/* The parts come from the same document; they are new like the row itself. */
enum err candidate_create(struct ctx *ctx, const struct request *req, struct plan *plan)
{
    const struct candidate_new *candidate = req->body;
    struct bsn_sealed sealed;
    enum err err = candidate_check(ctx, candidate);
    if (err)
        return err;
    sql_candidate_insert(plan, candidate,
                         (struct sql_candidate_insert){.id = req->new_id,
                                                       .case_manager_id =
                                                           candidate_case_manager(ctx->actor,
                                                                                  candidate)});
    sql_candidate_replace_parts(plan,
                                (struct sql_candidate_replace_parts){.id = req->new_id,
                                                                     .document = req->document});
    if (candidate->bsn.at) {
        err = bsn_seal(ctx->arena, ctx->keys, candidate->bsn, ctx->actor->tenant_id, req->new_id,
                       &sealed);
        if (err)
            return err;
        sql_candidate_bsn_store(plan,
                                (struct sql_candidate_bsn_store){.id = req->new_id,
                                                                 .key_id = S("1"),
                                                                 .nonce = sealed.nonce,
                                                                 .ciphertext = sealed.ciphertext,
                                                                 .blind_index =
                                                                     sealed.blind_index});
    }
    sql_candidate_get(plan, (struct sql_candidate_get){.id = req->new_id});
    return OK;
}

enum err candidate_update(struct ctx *ctx, const struct request *req, struct plan *plan)
{
    enum err err = candidate_change_check(ctx, req->body);
    if (err)
        return err;
    sql_candidate_change(plan, (struct sql_candidate_change){.id = req->path[0],
                                                             .document = req->document,
                                                             .version =
                                                                 plan_version(plan, req->version)});
    sql_candidate_replace_parts(plan,
                                (struct sql_candidate_replace_parts){.id = req->path[0],
                                                                     .document = req->document});
    return candidate_get(ctx, req, plan);
}

enum err candidate_search(struct ctx *ctx, const struct request *req, struct plan *plan)
{
    const struct candidate_search *wanted = req->body;
    if (!bsn_is_valid(wanted->bsn)) {
        fault_note(&ctx->faults, ctx->arena, FAULT_AT_BODY, S("/bsn"), FAULT_ELEVEN_TEST,
                   (struct str){0});
        return ERR_INVALID;
    }
    sql_candidate_search(plan,
                         (struct sql_candidate_search){.blind_index =
                                                           bsn_blind_index(ctx->arena, ctx->keys,
                                                                           ctx->actor->tenant_id,
                                                                           wanted->bsn),
                                                       .purpose = wanted->purpose});
    return OK;
}

enum err card_get(struct ctx *ctx, const struct request *req, struct plan *plan)
{
    (void)ctx;
    sql_card_get(plan, (struct sql_card_get){.id = req->path[0]});
    return OK;
}
