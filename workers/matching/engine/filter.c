/* SPDX-License-Identifier: EUPL-1.2 */
/* The hard filters: for one person, and for all persons in one pass without branches. */
#include "workers/matching/engine/filter.h"

/* The values of a person that the filters read. */
struct traits {
    int32_t x, y, max_distance_m, available_day;
    uint64_t fails;
    struct hours hours;
    uint8_t shifts, status;
};

/* The values of a demand that the filters read; filled in once per vacancy. */
struct need {
    int64_t x, y;
    uint64_t hard;
    int32_t start_day;
    struct hours hours;
    uint8_t shifts;
};

static struct need need_of(const struct demand *demand)
{
    return (struct need){
        .x = demand->x,
        .y = demand->y,
        .hard = demand->hard,
        .start_day = demand->start_day,
        .hours = hours_of(demand->hours_min, demand->hours_max),
        .shifts = demand->shifts,
    };
}

/* The squares may overflow; then one of the four comparisons is true. */
static inline unsigned too_far(int64_t dx, int64_t dy, int64_t max)
{
    uint64_t square = (uint64_t)dx * (uint64_t)dx + (uint64_t)dy * (uint64_t)dy;
    return (unsigned)(dx > max) | (unsigned)(-dx > max) | (unsigned)(dy > max)
           | (unsigned)(-dy > max) | (unsigned)(square > (uint64_t)max * (uint64_t)max);
}

static inline uint8_t reasons_of(const struct need *need, struct traits t)
{
    unsigned conditions = (need->hard & t.fails) != 0;
    unsigned distance = too_far(t.x - need->x, t.y - need->y, t.max_distance_m);
    unsigned hours =
        (unsigned)(t.hours.min > need->hours.max) | (unsigned)(need->hours.min > t.hours.max);
    unsigned shifts = (need->shifts & ~t.shifts) != 0;
    unsigned late = t.available_day > need->start_day;
    return (uint8_t)(t.status | conditions << EXCLUDED_CONDITIONS | distance << EXCLUDED_DISTANCE
                     | hours << EXCLUDED_HOURS | shifts << EXCLUDED_SHIFTS
                     | late << EXCLUDED_AVAILABILITY);
}

bool demand_admits(const struct demand *demand, const struct person *person)
{
    struct need need = need_of(demand);
    struct traits traits = {
        .x = person->x,
        .y = person->y,
        .max_distance_m = person->max_distance_m,
        .available_day = person->available_day,
        .fails = person->known & ~person->have,
        .hours = hours_left(person),
        .shifts = shifts_of(person),
    };
    return person->active && !(reasons_of(&need, traits) & EXCLUSIONS_HARD);
}

/* Looks up each earlier pair, instead of testing every person against the list. */
static void mark_pairs(uint8_t *reasons, const struct population *population,
                       const struct demand *demand)
{
    for (size_t i = 0; i < demand->excluded_count; i++) {
        size_t index;
        if (population_index(population, demand->excluded[i], &index))
            reasons[index] |= EXCLUSION_BIT(EXCLUDED_PAIR);
    }
}

uint8_t *filter_reasons(struct arena *arena, const struct population *population,
                        const struct demand *demand)
{
    const struct population_hot *hot = population_hot(population);
    struct need need = need_of(demand);
    uint8_t *reasons = arena_array(arena, hot->count, sizeof(*reasons));
    for (size_t i = 0; i < hot->count; i++) {
        struct traits traits = {
            .x = hot->x[i],
            .y = hot->y[i],
            .max_distance_m = hot->max_distance_m[i],
            .available_day = hot->available_day[i],
            .fails = hot->fails[i],
            .hours = {hot->hours_min[i], hot->hours_max[i]},
            .shifts = hot->shifts[i],
            .status = hot->status[i],
        };
        reasons[i] = reasons_of(&need, traits);
    }
    mark_pairs(reasons, population, demand);
    return reasons;
}
