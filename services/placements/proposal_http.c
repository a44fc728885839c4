/* SPDX-License-Identifier: EUPL-1.2 */
/* Shortlists, proposals, the employer's answer. What may happen when is in the functions of sql/
 * that these call: they lock the vacancy and the candidates, and count. */
#include "services/placements/gen/contract.h"
#include "services/placements/gen/queries.h"

enum err shortlist_get(struct ctx *ctx, const struct request *req, struct plan *plan)
{
    (void)ctx;
    sql_shortlist_get(plan, (struct sql_shortlist_get){.vacancy_id = req->path[0]});
    return OK;
}

static struct str consent_document(struct arena *arena, const struct consent *consent)
{
    struct buf out = buf_in(arena);
    if (!consent)
        return (struct str){0};
    buf_add(&out, S("{\"by\":"));
    buf_add_json(&out, consent->by);
    buf_add(&out, S(",\"at\":"));
    buf_add_json(&out, consent->at);
    buf_add(&out, S(",\"channel\":"));
    buf_add_json(&out, consent->channel);
    buf_add(&out, S(",\"text_version\":"));
    buf_add_json(&out, consent->text_version);
    buf_add_char(&out, '}');
    return buf_str(&out);
}

static enum err round_check(struct ctx *ctx, const struct proposal_round_new *round)
{
    const struct str *ids = round->candidate_ids.at;
    for (size_t i = 0; i < round->candidate_ids.count; i++)
        for (size_t j = 0; j < i; j++)
            if (str_equal(ids[i], ids[j]))
                fault_note(&ctx->faults, ctx->arena, FAULT_AT_BODY,
                           arena_print(ctx->arena, "/candidateIds/%zu", i), FAULT_REPEATED,
                           (struct str){0});
    return ctx->faults.count ? ERR_INVALID : OK;
}

enum err round_create(struct ctx *ctx, const struct request *req, struct plan *plan)
{
    const struct proposal_round_new *round = req->body;
    enum err err = round_check(ctx, round);
    if (err)
        return err;
    sql_round_propose(plan,
                      (struct sql_round_propose){
                          .id = req->new_id,
                          .vacancy_id = req->path[0],
                          .candidates =
                              schema_list_columns(ctx->arena, &proposal_round_new_schema.fields[0],
                                                  &round->candidate_ids),
                          .draft = plan_bool(round->draft),
                          .shortfall_reason = round->shortfall_reason,
                          .shortfall_note = round->shortfall_note,
                          .consent = consent_document(ctx->arena, round->consent)});
    sql_round_get(plan, (struct sql_round_get){.id = req->new_id});
    return OK;
}

enum err round_get(struct ctx *ctx, const struct request *req, struct plan *plan)
{
    (void)ctx;
    sql_round_get(plan, (struct sql_round_get){.id = req->path[0]});
    return OK;
}

enum err round_send(struct ctx *ctx, const struct request *req, struct plan *plan)
{
    sql_round_send(plan, (struct sql_round_send){.id = req->path[0]});
    return round_get(ctx, req, plan);
}

enum err proposal_list(struct ctx *ctx, const struct request *req, struct plan *plan)
{
    (void)ctx, (void)req;
    sql_proposal_list(plan);
    return OK;
}

enum err proposal_get(struct ctx *ctx, const struct request *req, struct plan *plan)
{
    (void)ctx;
    sql_proposal_get(plan, (struct sql_proposal_get){.id = req->path[0]});
    return OK;
}

enum err proposal_answer(struct ctx *ctx, const struct request *req, struct plan *plan)
{
    const struct proposal_answer *answer = req->body;
    if (str_equal(answer->answer, S("reject")) && !answer->reason.at) {
        fault_note(&ctx->faults, ctx->arena, FAULT_AT_BODY, S("/reason"), FAULT_REQUIRED,
                   (struct str){0});
        return ERR_INVALID;
    }
    sql_proposal_answer(plan, answer, (struct sql_proposal_answer){.id = req->path[0]});
    return proposal_get(ctx, req, plan);
}

enum err proposal_withdraw(struct ctx *ctx, const struct request *req, struct plan *plan)
{
    sql_proposal_withdraw(plan, (struct sql_proposal_withdraw){.id = req->path[0]});
    return proposal_get(ctx, req, plan);
}
