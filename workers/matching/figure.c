/* SPDX-License-Identifier: EUPL-1.2 */
/* One statement counts everything; sql/functions/figure_count.sql says how. */
#include "workers/matching/figure.h"

#include "workers/matching/gen/queries.h"

enum job_end count_figures(struct work *work)
{
    struct plan plan = work_plan(work);
    sql_count_figures(&plan);
    return work_run(work, &plan);
}
