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

static enum job_end leave_a_row(struct work *work)
{
    const struct job *job = work->job;
    struct arena *arena = work->ctx.arena;
    if (number_of(job, "poison"))
        _exit(42);
    struct plan plan = work_plan(work);
    const struct str values[] = {arena_print(arena, "%lld", (long long)number_of(job, "n")),
                                 job_text(job, "lane"),
                                 arena_print(arena, "%lld", (long long)number_of(job, "place"))};
    plan_add(&plan, &effect, values);
    enum job_end end = work_run(work, &plan);
    if (end == JOB_DONE && job->attempt < number_of(job, "fail")) {
        work->error = "asked to fail";
        return JOB_RETRY; /* after the effect: it must be undone */
    }
    return end;
}

int main(void)
{
    static const struct job_kind kinds[] = {{"chaos_job", leave_a_row}};
    static const struct worker worker = {"chaos", kinds, 1, 50, NULL};
    return worker_run(&worker);
}
