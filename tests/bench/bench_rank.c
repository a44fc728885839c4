/* SPDX-License-Identifier: EUPL-1.2 */
/* How long one vacancy against 100,000 persons takes: the median of 200 vacancies, and the slowest.
 * Goal: 5000 microseconds. */
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "tests/unit/matching/sample.h"
#include "workers/matching/engine/rank.h"

enum { PEOPLE = 100000, ROUNDS = 200, REGION = 60000, KINDS = 36 };

static int64_t now_ns(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000000000 + now.tv_nsec;
}

static int compare(const void *a, const void *b)
{
    int64_t one = *(const int64_t *)a, two = *(const int64_t *)b;
    return one < two ? -1 : one > two;
}

/* `easy`: no condition, shift or day stops anybody, so that most persons are scored. */
static void bench(const char *name, const struct population *population, bool easy)
{
    struct sample sample = {99};
    struct arena *arena = arena_new();
    int64_t times[ROUNDS];
    size_t scored = 0, suitable = 0;
    for (int round = 0; round < ROUNDS; round++) {
        struct sample_demand asked;
        struct ranking ranking;
        sample_demand(&sample, REGION, KINDS, 3 + (size_t)round % 10, &asked);
        if (easy) {
            asked.demand.hard = 0;
            asked.demand.shifts = 0;
            asked.demand.start_day = INT32_MAX;
        }
        int64_t start = now_ns();
        rank_vacancy(arena, population, &asked.demand, &ranking);
        times[round] = now_ns() - start;
        scored += ranking.suitable + ranking.excluded[EXCLUDED_FLOOR];
        suitable += ranking.suitable;
        arena_reset(arena);
    }
    qsort(times, ROUNDS, sizeof(times[0]), compare);
    printf("%-8s median %5lld us  slowest %5lld us  scored %zu  suitable %zu\n", name,
           (long long)times[ROUNDS / 2] / 1000, (long long)times[ROUNDS - 1] / 1000,
           scored / ROUNDS, suitable / ROUNDS);
    arena_free(arena);
}

int main(void)
{
    struct population *population = population_new();
    struct sample sample = {1};
    for (uint64_t serial = 0; serial < PEOPLE; serial++) {
        struct sample_person one;
        sample_person(&sample, serial, REGION, KINDS, &one);
        population_put(population, &one.person);
    }
    bench("usual", population, false);
    bench("easy", population, true);
    population_free(population);
    return 0;
}
