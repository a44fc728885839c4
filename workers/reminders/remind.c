/* SPDX-License-Identifier: EUPL-1.2 */
/* From payloads to statements. */
#include "workers/reminders/remind.h"

#include "workers/reminders/gen/queries.h"

static enum job_end refuse(struct work *work)
{
    work->error = "payload";
    return JOB_PERMANENT;
}

enum job_end remind(struct work *work, struct plan *plan)
{
    struct str task = job_text(work->job, "task"), stamp = job_text(work->job, "stamp");
    if (!task.at || !stamp.at)
        return refuse(work);
    sql_remind(plan, (struct sql_remind){.tasks = task, .stamps = stamp});
    return JOB_DONE;
}

enum job_end remind_digest(struct work *work, struct plan *plan)
{
    sql_remind_digest(plan, (struct sql_remind_digest){.after = job_text(work->job, "after")});
    return JOB_DONE;
}
