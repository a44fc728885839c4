/* SPDX-License-Identifier: EUPL-1.2 */
/* The sweep of a municipality: vacancies past their last day, proposals past their term. */
#ifndef MAATWERK_MATCHING_EXPIRE_H
#define MAATWERK_MATCHING_EXPIRE_H

#include "lib/queue/worker.h"

/* Job "expire". The dispatcher plans one for each midnight; what is due before the job runs is
 * refused by the functions of sql/ all the same. */
enum job_end expire(struct work *work);

#endif
