/* SPDX-License-Identifier: EUPL-1.2 */
/* The queue for operators. Whatever is asked of it goes through queue.act(), which knows whose the
 * target is, does it, and leaves its trail. */
#include "services/platform/gen/contract.h"
#include "services/platform/gen/queries.h"

enum err queue_figures_get(struct ctx *ctx, const struct request *req, struct plan *plan)
{
    (void)ctx, (void)req;
    sql_queue_figures_get(plan);
    return OK;
}

enum err queue_doctor_get(struct ctx *ctx, const struct request *req, struct plan *plan)
{
    (void)ctx, (void)req;
    sql_queue_doctor_get(plan);
    return OK;
}

enum err queue_job_list(struct ctx *ctx, const struct request *req, struct plan *plan)
{
    (void)ctx, (void)req;
    sql_queue_job_list(plan);
    return OK;
}

enum err queue_job_get(struct ctx *ctx, const struct request *req, struct plan *plan)
{
    (void)ctx;
    sql_queue_job_get(plan, (struct sql_queue_job_get){.id = req->path[0]});
    return OK;
}

enum err queue_dead_list(struct ctx *ctx, const struct request *req, struct plan *plan)
{
    (void)ctx, (void)req;
    sql_queue_dead_list(plan);
    return OK;
}

enum err queue_dead_get(struct ctx *ctx, const struct request *req, struct plan *plan)
{
    (void)ctx;
    sql_queue_dead_get(plan, (struct sql_queue_dead_get){.id = req->path[0]});
    return OK;
}

enum err queue_dead_drop(struct ctx *ctx, const struct request *req, struct plan *plan)
{
    (void)ctx;
    sql_queue_dead_drop(plan,
                        (struct sql_queue_dead_drop){.act = req->new_id,
                                                     .id = req->path[0],
                                                     .version = plan_version(plan, req->version)});
    sql_queue_dead_version(plan, (struct sql_queue_dead_version){.id = req->path[0]});
    return OK;
}

enum err queue_kind_list(struct ctx *ctx, const struct request *req, struct plan *plan)
{
    (void)ctx, (void)req;
    sql_queue_kind_list(plan);
    return OK;
}

enum err queue_lane_get(struct ctx *ctx, const struct request *req, struct plan *plan)
{
    (void)ctx;
    sql_queue_lane_get(plan, (struct sql_queue_lane_get){.lane = req->path[0]});
    return OK;
}

enum err queue_future_list(struct ctx *ctx, const struct request *req, struct plan *plan)
{
    (void)ctx, (void)req;
    sql_queue_future_list(plan);
    return OK;
}

enum err queue_act_list(struct ctx *ctx, const struct request *req, struct plan *plan)
{
    (void)ctx, (void)req;
    sql_queue_act_list(plan);
    return OK;
}

enum err queue_act_get(struct ctx *ctx, const struct request *req, struct plan *plan)
{
    (void)ctx;
    sql_queue_act_get(plan, (struct sql_queue_act_get){.id = req->path[0]});
    return OK;
}

static enum err act(const struct request *req, struct plan *plan, struct str verb, struct str noun)
{
    const struct queue_act_new *said = req->body;
    sql_queue_act_run(plan, (struct sql_queue_act_run){.id = req->new_id,
                                                       .verb = verb,
                                                       .noun = noun,
                                                       .target = req->path[0],
                                                       .reason = said->reason});
    sql_queue_act_get(plan, (struct sql_queue_act_get){.id = req->new_id});
    return OK;
}

static enum err act_pause(const struct request *req, struct plan *plan, struct str noun)
{
    const struct queue_pause_new *said = req->body;
    sql_queue_act_run(plan, (struct sql_queue_act_run){.id = req->new_id,
                                                       .verb = S("pause"),
                                                       .noun = noun,
                                                       .target = req->path[0],
                                                       .reason = said->reason,
                                                       .minutes = plan_int(plan, said->minutes)});
    sql_queue_act_get(plan, (struct sql_queue_act_get){.id = req->new_id});
    return OK;
}

enum err queue_job_retry(struct ctx *ctx, const struct request *req, struct plan *plan)
{
    (void)ctx;
    return act(req, plan, S("retry"), S("job"));
}

enum err queue_job_run(struct ctx *ctx, const struct request *req, struct plan *plan)
{
    (void)ctx;
    return act(req, plan, S("run-now"), S("job"));
}

enum err queue_job_cancel(struct ctx *ctx, const struct request *req, struct plan *plan)
{
    (void)ctx;
    return act(req, plan, S("cancel"), S("job"));
}

enum err queue_job_kill(struct ctx *ctx, const struct request *req, struct plan *plan)
{
    (void)ctx;
    return act(req, plan, S("kill"), S("job"));
}

enum err queue_dead_revive(struct ctx *ctx, const struct request *req, struct plan *plan)
{
    (void)ctx;
    return act(req, plan, S("revive"), S("dead-letter"));
}

enum err queue_kind_pause(struct ctx *ctx, const struct request *req, struct plan *plan)
{
    (void)ctx;
    return act_pause(req, plan, S("kind"));
}

enum err queue_kind_resume(struct ctx *ctx, const struct request *req, struct plan *plan)
{
    (void)ctx;
    return act(req, plan, S("resume"), S("kind"));
}

enum err queue_tenant_pause(struct ctx *ctx, const struct request *req, struct plan *plan)
{
    (void)ctx;
    return act_pause(req, plan, S("tenant"));
}

enum err queue_tenant_resume(struct ctx *ctx, const struct request *req, struct plan *plan)
{
    (void)ctx;
    return act(req, plan, S("resume"), S("tenant"));
}

enum err queue_lane_release(struct ctx *ctx, const struct request *req, struct plan *plan)
{
    (void)ctx;
    return act(req, plan, S("release"), S("lane"));
}
