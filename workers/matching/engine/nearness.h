/* SPDX-License-Identifier: EUPL-1.2 */
/* How many points of a share (`of`) a person earns, per kind of contribution. Whole numbers,
 * rounded down. */
#ifndef MAATWERK_MATCHING_NEARNESS_H
#define MAATWERK_MATCHING_NEARNESS_H

#include "workers/matching/engine/demand.h"
#include "workers/matching/engine/person.h"

/* Competence: the whole share at the asked level, 2/3 one level below, 1/3 two levels below,
 * else nothing. */
int competence_points(int of, uint8_t asked, uint8_t level);

/* Occupation: the nearest of all occupations that the person wants or had. The same occupation
 * earns the whole share, the same four digits of ISCO 3/4, three digits 1/2, two digits 1/4.
 * *number becomes that occupation, 0 when none is near. */
int occupation_points(int of, const struct demand *demand, const struct person *person,
                      uint32_t *number);

/* Wish: the nearest of the occupations that the person looks for, in the same parts as above; the whole
 * share when the person looks for none in particular. An occupation that the person did and does not look
 * for takes as much away as it is near, when none that is wanted is nearer. *number becomes the
 * occupation that is nearest, 0 when none is near; *against whether it is one that is not wanted. */
int wish_points(int of, const struct demand *demand, const struct person *person, uint32_t *number,
                bool *against);

/* Distance: the whole share at the door, decreasing in a straight line to 0 at the furthest
 * distance that the person accepts. */
int distance_points(int of, const struct demand *demand, const struct person *person);

/* The metres between them, as far as an int can say. */
int distance_metres(const struct demand *demand, const struct person *person);

/* Hours: the common hours divided by the narrower of the two ranges; both ends count. */
int hours_points(int of, const struct demand *demand, const struct person *person);

/* The most hours that both have: what the person can still work, and what is asked. */
int hours_common(const struct demand *demand, const struct person *person);

/* Sector: the whole share or nothing; the whole share when the person has no wish or the vacancy
 * has no sector. */
int sector_points(int of, const struct demand *demand, const struct person *person);

/* The whole part of the square root. */
uint64_t root_floor(uint64_t square);

#endif
