/* SPDX-License-Identifier: EUPL-1.2 */
/* Values that are not stated, and hours that are left. */
#include "workers/matching/engine/person.h"

struct hours hours_of(uint8_t min, uint8_t max)
{
    if (max == 0)
        max = UINT8_MAX;
    return (struct hours){min, max < min ? min : max};
}

struct hours hours_left(const struct person *person)
{
    struct hours hours = hours_of(person->hours_min, person->hours_max);
    if (!person->hours_worked || hours.max == UINT8_MAX)
        return hours;
    if (hours.max <= person->hours_worked)
        return (struct hours){UINT8_MAX, 0};
    uint8_t most = (uint8_t)(hours.max - person->hours_worked);
    return (struct hours){hours.min < most ? hours.min : most, most};
}

uint8_t shifts_of(const struct person *person)
{
    return person->shifts ? person->shifts : UINT8_MAX;
}
