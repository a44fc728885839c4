/* SPDX-License-Identifier: EUPL-1.2 */
/* The hard filters, for one person and for all of them in one pass without branches. */
#include "workers/matching/engine/filter.h"

#include "workers/matching/engine/population_hot.h"

/* What the filters read of a person. */
struct traits {
    int32_t x, y, max_distance_m, available_day;
    uint64_t fails;
    struct hours hours;
    uint8_t shifts, status;
};

/* What the filters read of a demand, filled in once per vacancy. */
struct need {
    int64_t x, y;
    uint64_t hard;
    int32_t start_day;
    struct hours hours;
    uint8_t shifts;
};

const char *exclusion_name(enum exclusion reason)
{
    static const char *const names[EXCLUSION_COUNT] = {
        [EXCLUDED_INACTIVE] = "inactive",   [EXCLUDED_PAIR] = "pair",
        [EXCLUDED_PROPOSALS] = "proposals", [EXCLUDED_CONDITIONS] = "conditions",
        [EXCLUDED_DISTANCE] = "distance",   [EXCLUDED_HOURS] = "hours",
        [EXCLUDED_SHIFTS] = "shifts",       [EXCLUDED_AVAILABILITY] = "availability",
        [EXCLUDED_FLOOR] = "floor",
    };
    return (unsigned)reason < EXCLUSION_COUNT ? names[reason] : "unknown";
}

struct hours hours_of(uint8_t min, uint8_t max)
{
    if (max == 0)
        max = UINT8_MAX;
    return (struct hours){min, max < min ? min : max};
}

uint8_t shifts_of(const struct person *person)
{
    return person->shifts ? person->shifts : UINT8_MAX;
}

uint8_t person_status(const struct person *person)
{
    unsigned inactive = !person->active;
    unsigned busy = person->open_proposals >= PROPOSALS_MAX;
    return (uint8_t)(inactive << EXCLUDED_INACTIVE | busy << EXCLUDED_PROPOSALS);
}

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

/* The four comparisons come first because the squares may wrap round; then one of them is true. */
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
        .hours = hours_of(person->hours_min, person->hours_max),
        .shifts = shifts_of(person),
    };
    return person->active && !(reasons_of(&need, traits) & EXCLUSIONS_HARD);
}

/* Looks each earlier pair up instead of testing everybody against the list. */
static void mark_pairs(uint8_t *reasons, const struct population *population,
                       const struct demand *demand)
{
    for (size_t i = 0; i < demand->excluded_count; i++) {
        size_t index = population_index(population, demand->excluded[i]);
        if (index != NOT_FOUND)
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
