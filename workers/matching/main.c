/* SPDX-License-Identifier: EUPL-1.2 */
/* maatwerk-matching: makes explained shortlists, counts supply and figures, and ends what
 * is past its day. */
#include "workers/matching/copy.h"
#include "workers/matching/expire.h"
#include "workers/matching/figure.h"
#include "workers/matching/match.h"

int main(void)
{
    static const struct job_kind kinds[] = {
        {"match_vacancy", .run = match_vacancy}, {"match_candidate", .run = match_candidate},
        {"count_supply", .run = count_supply},   {"expire", .run = expire},
        {"count_figures", .run = count_figures},
    };
    static const struct worker worker = {"matching", kinds,      sizeof kinds / sizeof *kinds,
                                         16,         copies_new, NULL};
    return worker_run(&worker);
}
