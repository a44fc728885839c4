/* SPDX-License-Identifier: EUPL-1.2 */
/* The reasons why a person is not in a ranking. */
#ifndef MAATWERK_MATCHING_EXCLUSION_H
#define MAATWERK_MATCHING_EXCLUSION_H

#include "workers/matching/engine/person.h"

/* In the order of the tests: the first reason that holds is counted. */
enum exclusion {
    EXCLUDED_INACTIVE,
    EXCLUDED_PAIR,      /* was proposed to, or rejected for, this vacancy before */
    EXCLUDED_PROPOSALS, /* has as many open proposals as one may have, or more */
    EXCLUDED_CONDITIONS,
    EXCLUDED_DISTANCE,
    EXCLUDED_HOURS,
    EXCLUDED_SHIFTS,
    EXCLUDED_AVAILABILITY,
    EXCLUDED_FLOOR, /* passes every filter, but one of the two halves of the score is too low */
    EXCLUSION_COUNT,
};

/* The reasons as bits of one byte. The floor is no filter and has no bit. */
#define EXCLUSION_BIT(reason) (1u << (reason))

/* The filters of person against vacancy: demand_admits() and rank_supply() test these. */
#define EXCLUSIONS_HARD                                                    \
    (EXCLUSION_BIT(EXCLUDED_CONDITIONS) | EXCLUSION_BIT(EXCLUDED_DISTANCE) \
     | EXCLUSION_BIT(EXCLUDED_HOURS) | EXCLUSION_BIT(EXCLUDED_SHIFTS)      \
     | EXCLUSION_BIT(EXCLUDED_AVAILABILITY))

/* A short lower-case word for a reason, for statistics; never NULL. */
const char *exclusion_name(enum exclusion reason);

/* The EXCLUSION_BITs that depend on the person alone: inactive and proposals. */
uint8_t exclusions_of(const struct person *person);

#endif
