/* SPDX-License-Identifier: EUPL-1.2 */
/* How much of a share somebody earns, per kind of contribution. Whole numbers, rounded down. */
#ifndef MAATWERK_MATCHING_NEARNESS_H
#define MAATWERK_MATCHING_NEARNESS_H

#include "workers/matching/engine/demand.h"
#include "workers/matching/engine/person.h"

/* All of `of` at the asked level, 2/3 one level below it, 1/3 two levels below, else nothing. */
int competence_points(int of, uint8_t asked, uint8_t level);

/* The nearest of all wished and done occupations: the same one all of `of`, the same four ISCO
 * digits 3/4, three digits 1/2, two digits 1/4. *number: that occupation, 0 when none is near. */
int occupation_points(int of, const struct demand *demand, const struct person *person,
                      uint32_t *number);

/* All of `of` at the door, falling in a line to 0 at the person's own furthest distance. */
int distance_points(int of, const struct demand *demand, const struct person *person);

/* The common hours as a part of the narrower of the two ranges, both ends counted. */
int hours_points(int of, const struct demand *demand, const struct person *person);

/* All or nothing; all when the person has no wish or the vacancy no sector. */
int sector_points(int of, const struct demand *demand, const struct person *person);

/* The whole part of the square root. */
uint64_t root_floor(uint64_t square);

#endif
