/* SPDX-License-Identifier: EUPL-1.2 */
/* The worker of `make chaos JOB=queue`: each job leaves a row without any unique key, so that
 * a job that is done twice is seen. Payload: n (number), fail (attempts that fail), poison
 * (the process dies). */
#include <unistd.h>

#include "lib/queue/worker.h"

static const struct query effect = {
    .name = "chaos_effect",
    .rows = QUERY_NONE,
    .writes = true,
    .parameters = 3,
    .text = "insert into chaos.effect (n, lane, place) values ($1::bigint, $2, $3::int)"};

static int64_t number_of(const struct job *job, const char *name)
{
    const cJSON *item = cJSON_GetObjectItemCaseSensitive(job->payload, name);
    return cJSON_IsNumber(item) ? (int64_t)item->valuedouble : 0;
}

static void add_row(const struct job *job, struct plan *plan)
{
    struct arena *arena = plan->ctx->arena;
    const struct str values[] = {arena_int(arena, number_of(job, "n")), job_text(job, "lane"),
                                 arena_int(arena, number_of(job, "place"))};
    if (number_of(job, "poison"))
        _exit(42);
    plan_add(plan, &effect, values);
}

static enum job_end end_of(struct work *work)
{
    if (work->job->attempt >= number_of(work->job, "fail"))
        return JOB_DONE;
    work->error = "asked to fail";
    return JOB_RETRY;
}

/* What it added is left out when it fails. */
static enum job_end plan_a_row(struct work *work, struct plan *plan)
{
    add_row(work->job, plan);
    return end_of(work);
}

/* Fails after the effect, which must be undone. */
static enum job_end write_a_row(struct work *work)
{
    struct plan plan = work_plan(work);
    add_row(work->job, &plan);
    enum job_end end = work_run(work, &plan);
    return end == JOB_DONE ? end_of(work) : end;
}

int main(void)
{
    static const struct job_kind kinds[] = {{"chaos_job", .plan = plan_a_row},
                                            {"chaos_run", .run = write_a_row}};
    static const struct worker worker = {"chaos", kinds, sizeof kinds / sizeof *kinds, 50, NULL};
    return worker_run(&worker);
}
