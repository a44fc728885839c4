/* SPDX-License-Identifier: EUPL-1.2 */
/* A list: it is as long as the windows are, and handed to PostgreSQL whole at each refill. */
#include "workers/dispatcher/carried.h"

#include <stdlib.h>
#include <string.h>

enum { ROOM_MIN = 1024 };

void carried_add(struct carried *carried, struct carried_entry entry)
{
    if (carried->count == carried->room) {
        carried->room = carried->room ? carried->room * 2 : ROOM_MIN;
        carried->entries = realloc(carried->entries, carried->room * sizeof *carried->entries);
        if (!carried->entries)
            abort();
    }
    carried->entries[carried->count++] = entry;
    carried->of[entry.worker][entry.stream]++;
}

void carried_clear(struct carried *carried)
{
    carried->count = 0;
    memset(carried->of, 0, sizeof carried->of);
}

void carried_free(struct carried *carried)
{
    free(carried->entries);
    *carried = (struct carried){0};
}

static void keep(struct carried *carried, const struct carried_entry *entry, size_t *kept)
{
    carried->entries[(*kept)++] = *entry;
}

bool carried_forget(struct carried *carried, int64_t job)
{
    size_t kept = 0, count = carried->count;
    for (size_t i = 0; i < count; i++) {
        const struct carried_entry *entry = &carried->entries[i];
        if (entry->job == job)
            carried->of[entry->worker][entry->stream]--;
        else
            keep(carried, entry, &kept);
    }
    carried->count = kept;
    return kept < count;
}

void carried_trim(struct carried *carried, struct place firsts[WORKERS_MAX][STREAMS])
{
    size_t kept = 0;
    for (size_t i = 0; i < carried->count; i++) {
        const struct carried_entry *entry = &carried->entries[i];
        if (place_is_after(firsts[entry->worker][entry->stream], entry->place))
            carried->of[entry->worker][entry->stream]--;
        else
            keep(carried, entry, &kept);
    }
    carried->count = kept;
}

static int by_job(const void *left, const void *right)
{
    int64_t a = ((const struct carried_entry *)left)->job;
    int64_t b = ((const struct carried_entry *)right)->job;
    return a < b ? -1 : a > b;
}

size_t carried_lost(const struct carried *before, struct carried *now, int64_t *ids)
{
    size_t count = 0;
    if (now->count)
        qsort(now->entries, now->count, sizeof *now->entries, by_job);
    for (size_t i = 0; i < before->count; i++)
        if (!now->count
            || !bsearch(&before->entries[i], now->entries, now->count, sizeof *now->entries,
                        by_job))
            ids[count++] = before->entries[i].job;
    return count;
}
