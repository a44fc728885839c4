/* SPDX-License-Identifier: EUPL-1.2 */
/* Points for each kind of contribution. */
#include "workers/matching/engine/nearness.h"

int competence_points(int of, uint8_t asked, uint8_t level)
{
    int below = asked - level;
    if (below <= 0)
        return of;
    return below < 3 ? of * (3 - below) / 3 : 0;
}

/* How near an occupation is, in quarters: 4 is the same occupation, 0 is not near. ISCO 0 is
 * unknown, and near nothing. */
static int occupation_quarters(const struct demand *demand, const struct person_occupation *own)
{
    if (demand->occupation && demand->occupation == own->number)
        return 4;
    if (demand->isco == 0 || own->isco == 0)
        return 0;
    if (demand->isco == own->isco)
        return 3;
    if (demand->isco / 10 == own->isco / 10)
        return 2;
    return demand->isco / 100 == own->isco / 100;
}

int occupation_points(int of, const struct demand *demand, const struct person *person,
                      uint32_t *number)
{
    int best = 0;
    *number = 0;
    if (demand->occupation == 0 && demand->isco == 0)
        return of;
    for (size_t i = 0; i < person->occupation_count; i++) {
        int quarters = occupation_quarters(demand, &person->occupations[i]);
        if (quarters > best) {
            best = quarters;
            *number = person->occupations[i].number;
        }
    }
    return of * best / 4;
}

int wish_points(int of, const struct demand *demand, const struct person *person, uint32_t *number,
                bool *against)
{
    int near[2] = {0, 0}; /* of what is not wanted, of what is wanted */
    uint32_t which[2] = {0, 0};
    bool wishes = false;
    *number = 0;
    *against = false;
    if (demand->occupation == 0 && demand->isco == 0)
        return of;
    for (size_t i = 0; i < person->occupation_count; i++) {
        const struct person_occupation *own = &person->occupations[i];
        int quarters = occupation_quarters(demand, own);
        wishes |= own->wanted;
        if (quarters > near[own->wanted]) {
            near[own->wanted] = quarters;
            which[own->wanted] = own->number;
        }
    }
    int wish = wishes ? near[true] : 4;
    *against = near[false] > near[true];
    *number = which[!*against];
    return of * (*against && 4 - near[false] < wish ? 4 - near[false] : wish) / 4;
}

uint64_t root_floor(uint64_t square)
{
    uint64_t root = 0;
    uint64_t bit = square ? (uint64_t)1 << ((63 - __builtin_clzll(square)) & ~1) : 0;
    for (; bit; bit >>= 2) {
        uint64_t trial = root + bit;
        root >>= 1;
        if (square >= trial) {
            square -= trial;
            root += bit;
        }
    }
    return root;
}

int distance_metres(const struct demand *demand, const struct person *person)
{
    int64_t dx = (int64_t)person->x - demand->x, dy = (int64_t)person->y - demand->y;
    if (dx > INT32_MAX || -dx > INT32_MAX || dy > INT32_MAX || -dy > INT32_MAX)
        return INT32_MAX;
    uint64_t metres = root_floor((uint64_t)(dx * dx) + (uint64_t)(dy * dy));
    return metres < INT32_MAX ? (int)metres : INT32_MAX;
}

int distance_points(int of, const struct demand *demand, const struct person *person)
{
    int64_t max = person->max_distance_m;
    int64_t dx = (int64_t)person->x - demand->x, dy = (int64_t)person->y - demand->y;
    if (max < 0 || dx > max || -dx > max || dy > max || -dy > max)
        return 0;
    int64_t metres = (int64_t)root_floor((uint64_t)(dx * dx) + (uint64_t)(dy * dy));
    if (metres == 0)
        return of;
    return metres < max ? (int)(of * (max - metres) / max) : 0;
}

int hours_points(int of, const struct demand *demand, const struct person *person)
{
    struct hours asked = hours_of(demand->hours_min, demand->hours_max);
    struct hours own = hours_left(person);
    int from = asked.min > own.min ? asked.min : own.min;
    int to = asked.max < own.max ? asked.max : own.max;
    int asked_width = asked.max - asked.min + 1, own_width = own.max - own.min + 1;
    int width = asked_width < own_width ? asked_width : own_width;
    return to < from ? 0 : of * (to - from + 1) / width;
}

int hours_common(const struct demand *demand, const struct person *person)
{
    struct hours asked = hours_of(demand->hours_min, demand->hours_max);
    struct hours own = hours_left(person);
    return asked.max < own.max ? asked.max : own.max;
}

int sector_points(int of, const struct demand *demand, const struct person *person)
{
    if (person->sector_count == 0 || demand->sector == 0)
        return of;
    for (size_t i = 0; i < person->sector_count; i++)
        if (person->sectors[i] == demand->sector)
            return of;
    return 0;
}
