/* SPDX-License-Identifier: EUPL-1.2 */
/* Names of reasons, and the reasons that depend on the person alone. */
#include "workers/matching/engine/exclusion.h"

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

uint8_t exclusions_of(const struct person *person)
{
    unsigned inactive = !person->active;
    unsigned busy = person->open_proposals >= person->proposals_max;
    return (uint8_t)(inactive << EXCLUDED_INACTIVE | busy << EXCLUDED_PROPOSALS);
}
