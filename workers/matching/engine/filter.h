/* SPDX-License-Identifier: EUPL-1.2 */
/* The hard filters: who can be proposed at all. A condition nobody has asked yet (not in `known`)
 * never excludes; it is listed to be verified. */
#ifndef MAATWERK_MATCHING_FILTER_H
#define MAATWERK_MATCHING_FILTER_H

#include "lib/base/arena.h"
#include "workers/matching/engine/demand.h"
#include "workers/matching/engine/population.h"

/* Why somebody is not in a ranking, in the order of the tests: the first that holds is counted. */
enum exclusion {
    EXCLUDED_INACTIVE,
    EXCLUDED_PAIR,      /* proposed to or rejected for this vacancy before */
    EXCLUDED_PROPOSALS, /* PROPOSALS_MAX open proposals or more */
    EXCLUDED_CONDITIONS,
    EXCLUDED_DISTANCE,
    EXCLUDED_HOURS,
    EXCLUDED_SHIFTS,
    EXCLUDED_AVAILABILITY,
    EXCLUDED_FLOOR, /* passes every filter, but one of the sub-scores is too low */
    EXCLUSION_COUNT,
};

#define PROPOSALS_MAX 2

/* The reasons as bits of one byte; the floor is no filter and has none. */
#define EXCLUSION_BIT(reason) (1u << (reason))

/* The filters of person against vacancy: what demand_admits and rank_supply test. */
#define EXCLUSIONS_HARD                                                    \
    (EXCLUSION_BIT(EXCLUDED_CONDITIONS) | EXCLUSION_BIT(EXCLUDED_DISTANCE) \
     | EXCLUSION_BIT(EXCLUDED_HOURS) | EXCLUSION_BIT(EXCLUDED_SHIFTS)      \
     | EXCLUSION_BIT(EXCLUDED_AVAILABILITY))

/* A short lower-case word for a reason, for statistics; never NULL. */
const char *exclusion_name(enum exclusion reason);

/* Whether an active person meets conditions, distance, hours, shifts and availability. Open
 * proposals and earlier pairs do not count: when they change, the vacancy is touched as well. */
bool demand_admits(const struct demand *demand, const struct person *person);

/* For each person of the population, by index, every reason that holds (EXCLUSION_BITs). */
uint8_t *filter_reasons(struct arena *arena, const struct population *population,
                        const struct demand *demand);

/* Weekly hours with what is not stated filled in: an upper bound of 0 becomes 255. */
struct hours {
    uint8_t min, max;
};
struct hours hours_of(uint8_t min, uint8_t max);

/* The shifts somebody accepts; all when not stated. */
uint8_t shifts_of(const struct person *person);

/* The EXCLUSION_BITs that depend on the person alone: inactive and proposals. */
uint8_t person_status(const struct person *person);

#endif
