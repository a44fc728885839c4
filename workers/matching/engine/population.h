/* SPDX-License-Identifier: EUPL-1.2 */
/* All persons of one municipality, in memory. Each person is one block of memory with all its
 * lists; the values that the filters read stand once more in dense arrays. Not thread-safe: one
 * thread owns a population. A process without memory ends (lib/base/arena.h). */
#ifndef MAATWERK_MATCHING_POPULATION_H
#define MAATWERK_MATCHING_POPULATION_H

#include "workers/matching/engine/person.h"

struct population;

/* An empty population; never NULL. */
struct population *population_new(void);

/* Frees the population; NULL is allowed. */
void population_free(struct population *population);

/* Inserts `person`, or replaces the person with the same id. Copies everything that `person` points
 * to. A pointer to the replaced person, from find, at or a ranking, is no longer valid. */
void population_put(struct population *population, const struct person *person);

/* Returns whether the person was there. Changes the index of other persons. */
bool population_remove(struct population *population, const uint8_t id[16]);

size_t population_count(const struct population *population);

/* NULL when there is no such person. Valid until that person is replaced or removed. */
const struct person *population_find(const struct population *population, const uint8_t id[16]);

/* For iteration: the person at index 0 .. count - 1, in no particular order. Any put or remove
 * ends the iteration. */
const struct person *population_at(const struct population *population, size_t index);

/* The dense arrays, one entry per person, index 0 .. count - 1 in all of them. Reading them in a
 * row lets one vacancy pass over all persons quickly. Only for the engine. */
struct population_hot {
    size_t count;
    int32_t *x, *y, *max_distance_m, *available_day;
    uint64_t *fails;                /* conditions that are known not to be met */
    uint8_t *hours_min, *hours_max; /* as hours_left() gives them */
    uint8_t *shifts;                /* as shifts_of() gives them */
    uint8_t *status;                /* as exclusions_of() gives it */
    struct person **rows;
};

/* The arrays; valid until the next put or remove. */
const struct population_hot *population_hot(const struct population *population);

/* The index of a person. Returns false when there is no such person. */
bool population_index(const struct population *population, const uint8_t id[16], size_t *ret);

#endif
