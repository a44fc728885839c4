/* SPDX-License-Identifier: EUPL-1.2 */
/* The best persons for one vacancy. The list is exact, and the same on every machine, in whatever
 * order the persons were added.
 *
 *   all persons ── filters, dense arrays ──► few ── score, floors ──► suitable ── heap ──► list */
#ifndef MAATWERK_MATCHING_RANK_H
#define MAATWERK_MATCHING_RANK_H

#include "workers/matching/engine/filter.h"
#include "workers/matching/engine/score.h"

/* The list has this many more persons than asked for, because some may decline. */
#define RANK_SPARE 10

struct ranked {
    const struct person *person; /* valid until that person is replaced or removed */
    struct score score;
};

/* considered = suitable + all of excluded. */
struct ranking {
    size_t considered, suitable, shortfall; /* shortfall: how many suitable persons are lacking */
    size_t excluded[EXCLUSION_COUNT];
    struct ranked *items; /* the best asked + RANK_SPARE; in the arena */
    size_t count;
};

/* Ranks all persons. The highest score comes first; equal scores are ordered by a hash of the id
 * keyed with the day, so that nobody is always first. */
void rank_vacancy(struct arena *arena, const struct population *population,
                  const struct demand *demand, struct ranking *ret);

/* How many active persons meet a demand. Each without_ number is what `passing` would be if that
 * one requirement were dropped and all others were kept. */
struct supply {
    size_t passing;
    size_t without_condition
        [64]; /* by condition bit; equal to `passing` when the condition is not hard */
    size_t without_distance, without_hours, without_shifts, without_availability;
};

void rank_supply(const struct population *population, const struct demand *demand,
                 struct supply *ret);

#endif
