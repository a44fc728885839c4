/* SPDX-License-Identifier: EUPL-1.2 */
/* The best persons for one vacancy. */
#include "workers/matching/engine/rank.h"

#include <stdlib.h>
#include <string.h>

#include "workers/matching/engine/mix.h"

/* How many rows ahead memory is fetched: rows are spread over memory. */
#define FETCH_AHEAD 6

struct entry {
    int total;
    uint64_t tie;
    const struct person *person;
};

/* The best entries so far; the worst of them is at the top. */
struct heap {
    struct entry *at;
    size_t count, room;
};

/* Whether `a` comes before `b` in the list. The id decides only when two hashes collide. */
static bool entry_before(const struct entry *a, const struct entry *b)
{
    if (a->total != b->total)
        return a->total > b->total;
    if (a->tie != b->tie)
        return a->tie < b->tie;
    return memcmp(a->person->id, b->person->id, 16) < 0;
}

static int entry_compare(const void *a, const void *b)
{
    return entry_before(a, b) ? -1 : entry_before(b, a);
}

static void heap_sink(struct heap *heap, size_t at, struct entry entry)
{
    for (size_t child; (child = 2 * at + 1) < heap->count; at = child) {
        if (child + 1 < heap->count && entry_before(&heap->at[child], &heap->at[child + 1]))
            child++;
        if (!entry_before(&entry, &heap->at[child]))
            break;
        heap->at[at] = heap->at[child];
    }
    heap->at[at] = entry;
}

static void heap_rise(struct heap *heap, size_t at, struct entry entry)
{
    for (; at > 0 && entry_before(&heap->at[(at - 1) / 2], &entry); at = (at - 1) / 2)
        heap->at[at] = heap->at[(at - 1) / 2];
    heap->at[at] = entry;
}

/* Keeps `entry` when there is room or when it is better than the worst. */
static void heap_offer(struct heap *heap, struct entry entry)
{
    if (heap->count < heap->room)
        heap_rise(heap, heap->count++, entry);
    else if (heap->room > 0 && entry_before(&entry, &heap->at[0]))
        heap_sink(heap, 0, entry);
}

/* Counts every excluded person under the first reason. Returns the indices of the other persons. */
static uint32_t *survivors_find(struct arena *arena, const uint8_t *reasons, struct ranking *ret,
                                size_t *count)
{
    size_t by_byte[256] = {0};
    uint32_t *survivors = arena_array(arena, ret->considered + 1, sizeof(*survivors));
    size_t found = 0;
    for (size_t i = 0; i < ret->considered; i++) {
        by_byte[reasons[i]]++;
        survivors[found] = (uint32_t)i;
        found += reasons[i] == 0;
    }
    for (unsigned byte = 1; byte < 256; byte++)
        ret->excluded[__builtin_ctz(byte)] += by_byte[byte];
    *count = found;
    return survivors;
}

/* Fetches the person and its first lists. It must be inline: gcc drops a call to a function that
 * only fetches, which makes a ranking twice as slow. */
static inline __attribute__((always_inline)) void row_fetch(const struct person *row)
{
    for (int line = 0; line < 4; line++)
        __builtin_prefetch((const char *)row + 64 * line);
}

static void survivors_score(const struct population_hot *hot, const struct score_plan *plan,
                            const uint32_t *survivors, size_t count, struct heap *heap,
                            struct ranking *ret)
{
    for (size_t i = 0; i < count; i++) {
        struct score_sums sums;
        if (i + FETCH_AHEAD < count)
            row_fetch(hot->rows[survivors[i + FETCH_AHEAD]]);
        const struct person *person = hot->rows[survivors[i]];
        if (!score_suitable(plan, person, &sums)) {
            ret->excluded[EXCLUDED_FLOOR]++;
            continue;
        }
        ret->suitable++;
        if (heap->count == heap->room && heap->room > 0 && sums.total < heap->at[0].total)
            continue;
        uint64_t tie = mix_id(plan->demand->day_key, person->id);
        heap_offer(heap, (struct entry){sums.total, tie, person});
    }
}

static void ranking_fill(struct arena *arena, const struct score_plan *plan, struct heap *heap,
                         struct ranking *ret)
{
    qsort(heap->at, heap->count, sizeof(*heap->at), entry_compare);
    ret->count = heap->count;
    ret->items = arena_array(arena, heap->count, sizeof(*ret->items));
    for (size_t i = 0; i < heap->count; i++) {
        ret->items[i].person = heap->at[i].person;
        score_explain(plan, heap->at[i].person, &ret->items[i].score);
    }
}

void rank_vacancy(struct arena *arena, const struct population *population,
                  const struct demand *demand, struct ranking *ret)
{
    const struct population_hot *hot = population_hot(population);
    size_t asked = demand->asked > 0 ? (size_t)demand->asked : 0, count;
    struct score_plan plan;
    memset(ret, 0, sizeof(*ret));
    ret->considered = hot->count;
    score_plan_make(demand, &plan);
    const uint8_t *reasons = filter_reasons(arena, population, demand);
    const uint32_t *survivors = survivors_find(arena, reasons, ret, &count);
    struct heap heap = {.room = asked + RANK_SPARE < count ? asked + RANK_SPARE : count};
    heap.at = arena_array(arena, heap.room, sizeof(*heap.at));
    survivors_score(hot, &plan, survivors, count, &heap, ret);
    ranking_fill(arena, &plan, &heap, ret);
    ret->shortfall = asked > ret->suitable ? asked - ret->suitable : 0;
}

/* Counts a person that is excluded by conditions alone: under that condition, when there is only
 * one. */
static void supply_condition(struct supply *supply, uint64_t stopping)
{
    if ((stopping & (stopping - 1)) == 0)
        supply->without_condition[__builtin_ctzll(stopping)]++;
}

void rank_supply(const struct population *population, const struct demand *demand,
                 struct supply *ret)
{
    const struct population_hot *hot = population_hot(population);
    struct arena *arena = arena_new();
    const uint8_t *reasons = filter_reasons(arena, population, demand);
    size_t alone[256] = {0};
    memset(ret, 0, sizeof(*ret));
    for (size_t i = 0; i < hot->count; i++) {
        unsigned byte = reasons[i] & (EXCLUSIONS_HARD | EXCLUSION_BIT(EXCLUDED_INACTIVE));
        alone[byte]++;
        if (byte == EXCLUSION_BIT(EXCLUDED_CONDITIONS))
            supply_condition(ret, demand->hard & hot->fails[i]);
    }
    ret->passing = alone[0];
    for (int bit = 0; bit < 64; bit++)
        ret->without_condition[bit] += ret->passing;
    ret->without_distance = ret->passing + alone[EXCLUSION_BIT(EXCLUDED_DISTANCE)];
    ret->without_hours = ret->passing + alone[EXCLUSION_BIT(EXCLUDED_HOURS)];
    ret->without_shifts = ret->passing + alone[EXCLUSION_BIT(EXCLUDED_SHIFTS)];
    ret->without_availability = ret->passing + alone[EXCLUSION_BIT(EXCLUDED_AVAILABILITY)];
    arena_free(arena);
}
