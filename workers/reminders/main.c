/* SPDX-License-Identifier: EUPL-1.2 */
/* maatwerk-reminders: reminds people of what they promised, and tells the next one when they do not
 * keep it. It only writes messages; maatwerk-notifications sends them. */
#include "workers/reminders/remind.h"

int main(void)
{
    static const struct job_kind kinds[] = {
        {"remind", .plan = remind},
        {"remind_digest", .plan = remind_digest},
    };
    static const struct worker worker = {"reminders", kinds, sizeof kinds / sizeof *kinds,
                                         64,          NULL,  NULL};
    return worker_run(&worker);
}
