/* SPDX-License-Identifier: EUPL-1.2 */
/* The requirements of one vacancy. The struct does not own its lists: the caller keeps them as
 * long as it is used. */
#ifndef MAATWERK_MATCHING_DEMAND_H
#define MAATWERK_MATCHING_DEMAND_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Only the first competences count, up to this number. */
#define DEMAND_COMPETENCES_MAX 56

struct demand_competence {
    uint32_t number; /* never 0 */
    bool must;       /* false: nice to have */
    uint8_t level;   /* 1..3; a value outside counts as the nearest (also weight and rarity) */
    uint8_t weight;  /* 1..5, chosen by the employer */
    uint8_t rarity;  /* 0..20: how rare the competence is */
};

struct demand {
    uint8_t vacancy[16];
    int32_t x, y;        /* RD metres */
    uint8_t hours_min;   /* per week */
    uint8_t hours_max;   /* 0: not stated, no upper bound */
    uint8_t shifts;      /* SHIFT_ bits, all of them needed; 0: any */
    int32_t start_day;   /* days since 1970; INT32_MAX when any */
    uint64_t hard, soft; /* condition bits: hard ones exclude, soft ones are only mentioned */
    int asked;           /* how many persons the employer wants to see */
    uint32_t occupation; /* 0 when not stated */
    uint16_t isco;       /* four digits; 0 when not stated */
    uint16_t sector;     /* first two SBI digits; 0 when not stated */
    size_t competence_count;
    const struct demand_competence *competences;
    const uint8_t (*excluded)[16]; /* ids of persons proposed or rejected before, sorted */
    size_t excluded_count;
    uint64_t day_key; /* orders equal scores; changes every day */
};

#endif
