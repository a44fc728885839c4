/* SPDX-License-Identifier: EUPL-1.2 */
/* The hard filters: which persons can be proposed at all. A condition that the person has not
 * answered yet (not in `known`) never excludes; it is listed to be verified. */
#ifndef MAATWERK_MATCHING_FILTER_H
#define MAATWERK_MATCHING_FILTER_H

#include "lib/base/arena.h"
#include "workers/matching/engine/demand.h"
#include "workers/matching/engine/exclusion.h"
#include "workers/matching/engine/population.h"

/* Whether an active person meets conditions, distance, hours, shifts and availability. Open
 * proposals and earlier pairs do not count here: when they change, the vacancy is touched as
 * well. */
bool demand_admits(const struct demand *demand, const struct person *person);

/* For each person of the population, by index, the EXCLUSION_BITs of every reason that holds.
 * The result lives in the arena. */
uint8_t *filter_reasons(struct arena *arena, const struct population *population,
                        const struct demand *demand);

#endif
