/* SPDX-License-Identifier: EUPL-1.2 */
/* One candidate, as the engine sees it. */
#ifndef MAATWERK_MATCHING_PERSON_H
#define MAATWERK_MATCHING_PERSON_H

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
    bool wanted;   /* false: the person did this work before */
    uint8_t years;
};

struct person {
    uint8_t id[16];
    int32_t x, y; /* RD metres */
    int32_t max_distance_m;
    uint64_t have, known; /* condition bits; a bit outside `known` is not answered yet */
    uint8_t hours_min;    /* per week */
    uint8_t hours_max;    /* 0: not stated, no upper bound */
    uint8_t
        hours_worked; /* in the work that the person has already: they count against hours_max */
    uint8_t shifts;   /* SHIFT_ bits that the person accepts; 0: not stated, accepts all */
    uint8_t open_proposals, proposals_max; /* the rule cap.open_proposals */
    bool active;
    int32_t available_day; /* days since 1970 */
    uint16_t competence_count, occupation_count, sector_count;
    const struct person_competence *competences; /* sorted by number */
    const struct person_occupation *occupations;
    const uint16_t *sectors; /* wished: first two SBI digits; none means no wish */
    struct str alias;
};

/* Weekly hours. */
struct hours {
    uint8_t min, max;
};

/* The hours of a person or a vacancy: an upper bound of 0 (not stated) becomes 255. */
struct hours hours_of(uint8_t min, uint8_t max);

/* The hours that the person can still work: what is worked already is taken off. {255, 0}, which fits no
 * vacancy, when nothing is left. */
struct hours hours_left(const struct person *person);

/* The SHIFT_ bits that the person accepts; all bits when not stated. */
uint8_t shifts_of(const struct person *person);

#endif
