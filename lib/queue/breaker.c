/* SPDX-License-Identifier: EUPL-1.2 */
/* Counting reasons. */
#include "lib/queue/breaker.h"

#include <string.h>

/* FNV-1a. */
static uint32_t hash_of(const char *text)
{
    uint32_t hash = 2166136261u;
    for (; *text; text++)
        hash = (hash ^ (unsigned char)*text) * 16777619u;
    return hash;
}

/* How often this reason was given, this time included. A reason that finds no place takes that
 * of the rarest. */
static int count_reason(struct breaker *breaker, uint32_t hash)
{
    int place = 0;
    for (int i = 0; i < BREAKER_REASONS; i++) {
        if (breaker->reasons[i].count && breaker->reasons[i].hash == hash)
            return ++breaker->reasons[i].count;
        if (breaker->reasons[i].count < breaker->reasons[place].count)
            place = i;
    }
    breaker->reasons[place].hash = hash;
    return breaker->reasons[place].count = 1;
}

bool breaker_note(struct breaker *breaker, const char *error, int64_t now_ms)
{
    if (now_ms - breaker->since_ms > BREAKER_MS)
        *breaker = (struct breaker){.since_ms = now_ms};
    breaker->results++;
    if (!error)
        return false;
    int same = count_reason(breaker, hash_of(error));
    bool trips = breaker->results >= BREAKER_LEAST && same * 2 > breaker->results;
    if (trips)
        memset(breaker, 0, sizeof *breaker);
    return trips;
}
