/* SPDX-License-Identifier: EUPL-1.2 */
/* Inside the engine only: the dense arrays of a population, one entry per person, index 0 ..
 * count - 1 in all of them. Read in a row they let one vacancy pass over everybody quickly. */
#ifndef MAATWERK_MATCHING_POPULATION_HOT_H
#define MAATWERK_MATCHING_POPULATION_HOT_H

#include "workers/matching/engine/population.h"

struct population_hot {
    size_t count;
    int32_t *x, *y, *max_distance_m, *available_day;
    uint64_t *fails;                /* conditions known not to be met */
    uint8_t *hours_min, *hours_max; /* as hours_of() gives them */
    uint8_t *shifts;                /* as shifts_of() gives them */
    uint8_t *status;                /* as person_status() gives it */
    struct person **rows;
};

/* The arrays; valid until the next put or remove. */
const struct population_hot *population_hot(const struct population *population);

#define NOT_FOUND SIZE_MAX

/* The index of a person, or NOT_FOUND. */
size_t population_index(const struct population *population, const uint8_t id[16]);

#endif
