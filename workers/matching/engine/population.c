/* SPDX-License-Identifier: EUPL-1.2 */
/* The persons in dense arrays, and a hash table from id to index: open addressing, a power of two
 * slots, at most half full. When a person is removed, the last person takes its place. */
#include "workers/matching/engine/population.h"

#include <stdlib.h>
#include <string.h>

#include "workers/matching/engine/exclusion.h"
#include "workers/matching/engine/mix.h"

#define ROOM_FIRST 64
#define SLOT_FREE  UINT32_MAX

struct population {
    struct population_hot hot;
    size_t room;       /* of the arrays */
    uint32_t *slots;   /* index or SLOT_FREE */
    size_t slot_count; /* 2 * room */
};

/* realloc of an array; ends the process when there is no memory. */
static void *array_resize(void *array, size_t count, size_t size)
{
    void *grown = reallocarray(array, count, size);
    if (!grown)
        abort();
    return grown;
}

static size_t slot_home(const struct population *population, const uint8_t id[16])
{
    return mix_id(0, id) & (population->slot_count - 1);
}

/* The slot that holds `id`, or the free slot where it would be put. */
static size_t slot_find(const struct population *population, const uint8_t id[16])
{
    size_t slot = slot_home(population, id);
    for (;; slot = (slot + 1) & (population->slot_count - 1)) {
        uint32_t index = population->slots[slot];
        if (index == SLOT_FREE || memcmp(population->hot.rows[index]->id, id, 16) == 0)
            return slot;
    }
}

/* Empties a slot, and moves later slots of the same run back, so that no search stops too early. */
static void slot_clear(struct population *population, size_t hole)
{
    size_t mask = population->slot_count - 1;
    for (size_t slot = (hole + 1) & mask; population->slots[slot] != SLOT_FREE;
         slot = (slot + 1) & mask) {
        size_t home = slot_home(population, population->hot.rows[population->slots[slot]]->id);
        if (((slot - home) & mask) >= ((slot - hole) & mask)) {
            population->slots[hole] = population->slots[slot];
            hole = slot;
        }
    }
    population->slots[hole] = SLOT_FREE;
}

static void slots_rebuild(struct population *population)
{
    population->slot_count = 2 * population->room;
    population->slots = array_resize(population->slots, population->slot_count, sizeof(uint32_t));
    for (size_t i = 0; i < population->slot_count; i++)
        population->slots[i] = SLOT_FREE;
    for (size_t i = 0; i < population->hot.count; i++)
        population->slots[slot_find(population, population->hot.rows[i]->id)] = (uint32_t)i;
}

static void population_resize(struct population *population, size_t room)
{
    struct population_hot *hot = &population->hot;
    population->room = room;
    hot->x = array_resize(hot->x, room, sizeof(*hot->x));
    hot->y = array_resize(hot->y, room, sizeof(*hot->y));
    hot->max_distance_m = array_resize(hot->max_distance_m, room, sizeof(*hot->max_distance_m));
    hot->available_day = array_resize(hot->available_day, room, sizeof(*hot->available_day));
    hot->fails = array_resize(hot->fails, room, sizeof(*hot->fails));
    hot->hours_min = array_resize(hot->hours_min, room, sizeof(*hot->hours_min));
    hot->hours_max = array_resize(hot->hours_max, room, sizeof(*hot->hours_max));
    hot->shifts = array_resize(hot->shifts, room, sizeof(*hot->shifts));
    hot->status = array_resize(hot->status, room, sizeof(*hot->status));
    hot->rows = array_resize(hot->rows, room, sizeof(struct person *));
    slots_rebuild(population);
}

struct population *population_new(void)
{
    struct population *population = calloc(1, sizeof(*population));
    if (!population)
        abort();
    population_resize(population, ROOM_FIRST);
    return population;
}

void population_free(struct population *population)
{
    if (!population)
        return;
    struct population_hot *hot = &population->hot;
    for (size_t i = 0; i < hot->count; i++)
        free(hot->rows[i]);
    free(hot->x);
    free(hot->y);
    free(hot->max_distance_m);
    free(hot->available_day);
    free(hot->fails);
    free(hot->hours_min);
    free(hot->hours_max);
    free(hot->shifts);
    free(hot->status);
    free(hot->rows);
    free(population->slots);
    free(population);
}

/* Copies `size` bytes to *free_at and moves *free_at after them. Returns NULL when there is
 * nothing to copy. */
static void *block_take(char **free_at, const void *from, size_t size)
{
    if (size == 0)
        return NULL;
    void *to = *free_at;
    memcpy(to, from, size);
    *free_at += size;
    return to;
}

/* One block: the person, then its lists, the strictest alignment first, then the alias. */
static struct person *person_copy(const struct person *person)
{
    size_t competences = person->competence_count * sizeof(*person->competences);
    size_t occupations = person->occupation_count * sizeof(*person->occupations);
    size_t sectors = person->sector_count * sizeof(*person->sectors);
    size_t alias = person->alias.at ? person->alias.len : 0;
    struct person *copy = malloc(sizeof(*copy) + competences + occupations + sectors + alias + 1);
    if (!copy)
        abort();
    *copy = *person;
    char *free_at = (char *)(copy + 1);
    copy->competences = block_take(&free_at, person->competences, competences);
    copy->occupations = block_take(&free_at, person->occupations, occupations);
    copy->sectors = block_take(&free_at, person->sectors, sectors);
    block_take(&free_at, person->alias.at, alias);
    *free_at = '\0';
    if (person->alias.at)
        copy->alias.at = free_at - alias;
    return copy;
}

/* Writes the entries of the dense arrays for the person at `index`. */
static void hot_set(struct population_hot *hot, size_t index, struct person *person)
{
    struct hours hours = hours_left(person);
    hot->x[index] = person->x;
    hot->y[index] = person->y;
    hot->max_distance_m[index] = person->max_distance_m;
    hot->available_day[index] = person->available_day;
    hot->fails[index] = person->known & ~person->have;
    hot->hours_min[index] = hours.min;
    hot->hours_max[index] = hours.max;
    hot->shifts[index] = shifts_of(person);
    hot->status[index] = exclusions_of(person);
    hot->rows[index] = person;
}

void population_put(struct population *population, const struct person *person)
{
    struct population_hot *hot = &population->hot;
    struct person *copy = person_copy(person);
    size_t slot = slot_find(population, person->id);
    if (population->slots[slot] != SLOT_FREE) {
        size_t index = population->slots[slot];
        free(hot->rows[index]);
        hot_set(hot, index, copy);
        return;
    }
    if (hot->count == population->room) {
        population_resize(population, 2 * population->room);
        slot = slot_find(population, copy->id);
    }
    population->slots[slot] = (uint32_t)hot->count;
    hot_set(hot, hot->count++, copy);
}

bool population_remove(struct population *population, const uint8_t id[16])
{
    struct population_hot *hot = &population->hot;
    size_t slot = slot_find(population, id);
    size_t index = population->slots[slot];
    if (index == SLOT_FREE)
        return false;
    slot_clear(population, slot);
    struct person *gone = hot->rows[index];
    size_t last = hot->count - 1;
    if (index != last) {
        population->slots[slot_find(population, hot->rows[last]->id)] = (uint32_t)index;
        hot_set(hot, index, hot->rows[last]);
    }
    hot->count--;
    free(gone);
    return true;
}

size_t population_count(const struct population *population)
{
    return population->hot.count;
}

bool population_index(const struct population *population, const uint8_t id[16], size_t *ret)
{
    uint32_t index = population->slots[slot_find(population, id)];
    if (index == SLOT_FREE)
        return false;
    *ret = index;
    return true;
}

const struct person *population_find(const struct population *population, const uint8_t id[16])
{
    size_t index;
    return population_index(population, id, &index) ? population->hot.rows[index] : NULL;
}

const struct person *population_at(const struct population *population, size_t index)
{
    return index < population->hot.count ? population->hot.rows[index] : NULL;
}

const struct population_hot *population_hot(const struct population *population)
{
    return &population->hot;
}
