/* SPDX-License-Identifier: EUPL-1.2 */
/* Everybody who can be proposed, in memory. Each person is one block of memory with all its lists;
 * what the filters read stands once more in dense arrays (population_hot.h). Not thread-safe: one
 * loop owns a population. A process without memory ends (lib/base/arena.h). */
#ifndef MAATWERK_MATCHING_POPULATION_H
#define MAATWERK_MATCHING_POPULATION_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/base/str.h"

enum {
    SHIFT_DAY = 1,
    SHIFT_EVENING = 2,
    SHIFT_NIGHT = 4,
    SHIFT_WEEKEND = 8,
};

struct person_competence {
    uint32_t number; /* never 0 */
    uint8_t level;   /* 1..3 */
};

struct person_occupation {
    uint32_t number;
    uint16_t isco; /* four digits; 0 when unknown */
    bool wanted;   /* false: done before */
    uint8_t years;
};

struct person {
    uint8_t id[16];
    int32_t x, y; /* RD metres */
    int32_t max_distance_m;
    uint64_t have, known; /* condition bits; a bit outside `known` is not yet answered */
    uint8_t hours_min;    /* per week */
    uint8_t hours_max;    /* 0: not stated, no upper bound */
    uint8_t shifts;       /* SHIFT_ bits the person accepts; 0: not stated, accepts all */
    uint8_t open_proposals;
    bool active;
    int32_t available_day; /* days since 1970 */
    uint16_t competence_count, occupation_count, sector_count;
    const struct person_competence *competences; /* sorted by number */
    const struct person_occupation *occupations;
    const uint16_t *sectors; /* wished: first two SBI digits; none means no wish */
    struct str alias;
};

struct population;

/* An empty population; never NULL. */
struct population *population_new(void);

/* NULL is allowed. */
void population_free(struct population *population);

/* Inserts `person`, or replaces the one with the same id. Copies everything `person` points to. A
 * pointer to the replaced person, from find, at or a ranking, is no longer valid. */
void population_put(struct population *population, const struct person *person);

/* Returns whether the person was there. Changes which index others have. */
bool population_remove(struct population *population, const uint8_t id[16]);

size_t population_count(const struct population *population);

/* NULL when there is no such person. Valid until that person is replaced or removed. */
const struct person *population_find(const struct population *population, const uint8_t id[16]);

/* For iteration: the person at index 0 .. count - 1, in no particular order. Any put or remove
 * ends the iteration. */
const struct person *population_at(const struct population *population, size_t index);

#endif
