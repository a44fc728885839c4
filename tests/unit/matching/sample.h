/* SPDX-License-Identifier: EUPL-1.2 */
/* Made-up persons and demands for the tests and the bench of the matching engine. The same seed
 * gives the same ones. */
#ifndef MAATWERK_TESTS_MATCHING_SAMPLE_H
#define MAATWERK_TESTS_MATCHING_SAMPLE_H

#include <string.h>

#include "workers/matching/engine/demand.h"
#include "workers/matching/engine/mix.h"
#include "workers/matching/engine/population.h"

struct sample {
    uint64_t state;
};

/* A number 0 .. below - 1. */
static inline uint32_t sample_below(struct sample *sample, uint32_t below)
{
    sample->state += 0x9e3779b97f4a7c15u;
    return (uint32_t)(mix_word(sample->state) >> 32) % below;
}

/* Each bit with chance 1 in `one_in`, of the lowest `bits`. */
static inline uint64_t sample_mask(struct sample *sample, int bits, uint32_t one_in)
{
    uint64_t mask = 0;
    for (int bit = 0; bit < bits; bit++)
        mask |= (uint64_t)(sample_below(sample, one_in) == 0) << bit;
    return mask;
}

/* A person with room for its lists. Points into itself: do not copy. */
struct sample_person {
    struct person person;
    struct person_competence competences[24];
    struct person_occupation occupations[4];
    uint16_t sectors[3];
};

static inline void sample_lists(struct sample *sample, struct sample_person *ret, uint32_t kinds)
{
    struct person *person = &ret->person;
    uint32_t number = 0;
    for (uint32_t i = 0; i < 4 + sample_below(sample, 21) && i < 24; i++) {
        number += 1 + sample_below(sample, kinds / 12);
        ret->competences[i] =
            (struct person_competence){number, (uint8_t)(1 + sample_below(sample, 3))};
        person->competence_count = (uint16_t)(i + 1);
    }
    person->occupation_count = (uint16_t)sample_below(sample, 5);
    for (int i = 0; i < person->occupation_count; i++) {
        uint32_t occupation = 1 + sample_below(sample, 40);
        ret->occupations[i] =
            (struct person_occupation){occupation, (uint16_t)(4000 + occupation * 7),
                                       sample_below(sample, 2) == 0, 3};
    }
    person->sector_count = (uint16_t)sample_below(sample, 4);
    for (int i = 0; i < person->sector_count; i++)
        ret->sectors[i] = (uint16_t)(1 + sample_below(sample, 20));
    person->competences = ret->competences;
    person->occupations = ret->occupations;
    person->sectors = ret->sectors;
}

/* Person `serial` in a square region of `region_m` metres; competences up to about `kinds`. */
static inline void sample_person(struct sample *sample, uint64_t serial, uint32_t region_m,
                                 uint32_t kinds, struct sample_person *ret)
{
    struct person *person = &ret->person;
    memset(ret, 0, sizeof(*ret));
    uint64_t words[2] = {mix_word(serial), mix_word(~serial)};
    memcpy(person->id, words, 16);
    person->x = (int32_t)(100000 + sample_below(sample, region_m));
    person->y = (int32_t)(400000 + sample_below(sample, region_m));
    person->max_distance_m = (int32_t)(5000 + sample_below(sample, 40000));
    person->have = sample_mask(sample, 20, 2);
    person->known = sample_mask(sample, 20, 2) | person->have;
    person->hours_min = (uint8_t)(8 * sample_below(sample, 4));
    person->hours_max = (uint8_t)(24 + sample_below(sample, 17));
    person->shifts = (uint8_t)sample_below(sample, 16);
    person->open_proposals = (uint8_t)(sample_below(sample, 10) ? sample_below(sample, 2) : 2);
    person->proposals_max = 2;
    person->active = sample_below(sample, 10) != 0;
    person->available_day = (int32_t)(20000 + sample_below(sample, 60));
    person->alias = S("kandidaat");
    sample_lists(sample, ret, kinds);
}

/* A demand with room for its lists. Points into itself: do not copy. */
struct sample_demand {
    struct demand demand;
    struct demand_competence competences[16];
};

/* A demand in the middle of the region. `competences` up to 16. */
static inline void sample_demand(struct sample *sample, uint32_t region_m, uint32_t kinds,
                                 size_t competences, struct sample_demand *ret)
{
    struct demand *demand = &ret->demand;
    memset(ret, 0, sizeof(*ret));
    demand->x = (int32_t)(100000 + region_m / 3 + sample_below(sample, region_m / 3));
    demand->y = (int32_t)(400000 + region_m / 3 + sample_below(sample, region_m / 3));
    demand->hours_min = (uint8_t)(16 + sample_below(sample, 17));
    demand->hours_max = (uint8_t)(demand->hours_min + sample_below(sample, 9));
    demand->shifts = (uint8_t)(1 << sample_below(sample, 4));
    demand->start_day =
        sample_below(sample, 3) ? (int32_t)(20000 + sample_below(sample, 70)) : INT32_MAX;
    demand->hard = sample_mask(sample, 20, 12);
    demand->soft = sample_mask(sample, 20, 8) & ~demand->hard;
    demand->asked = (int)(1 + sample_below(sample, 20));
    demand->occupation = sample_below(sample, 41);
    demand->isco = demand->occupation ? (uint16_t)(4000 + demand->occupation * 7) : 0;
    demand->sector = (uint16_t)sample_below(sample, 21);
    for (size_t i = 0; i < competences; i++)
        ret->competences[i] = (struct demand_competence){1 + sample_below(sample, kinds),
                                                         sample_below(sample, 3) != 0,
                                                         (uint8_t)(1 + sample_below(sample, 3)),
                                                         (uint8_t)(1 + sample_below(sample, 5)),
                                                         (uint8_t)sample_below(sample, 21)};
    demand->competences = ret->competences;
    demand->competence_count = competences;
    demand->day_key = sample_below(sample, UINT32_MAX);
}

#endif
