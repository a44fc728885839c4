/* SPDX-License-Identifier: EUPL-1.2 */
/* The figures of a municipality: what was counted, by month and by year. */
#ifndef MAATWERK_MATCHING_FIGURE_H
#define MAATWERK_MATCHING_FIGURE_H

#include "lib/queue/worker.h"

/* Job "count_figures". The dispatcher plans one for each midnight, and users ask for one. */
enum job_end count_figures(struct work *work);

#endif
