/* SPDX-License-Identifier: EUPL-1.2 */
/* Values that are not stated. */
#include "workers/matching/engine/person.h"

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
