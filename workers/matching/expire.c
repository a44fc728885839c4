/* SPDX-License-Identifier: EUPL-1.2 */
/* One statement decides what is due; sql/functions has the rules. */
#include "workers/matching/expire.h"

#include "workers/matching/gen/queries.h"

enum job_end expire(struct work *work)
{
    struct plan plan = work_plan(work);
    sql_expire(&plan);
    return work_run(work, &plan);
}
