/* SPDX-License-Identifier: EUPL-1.2 */
/* The score of one person for one vacancy: whole points, 0 .. 10000, the sum of its contributions.
 *
 *   employer 8000: must 5000, nice 1500, occupation 1500
 *   person   2000: distance 1000, hours 500, sector wish 500
 *
 * Somebody is suitable only when both halves reach their floor: neither makes up for the other.
 * What is not asked cannot be missed: without nice competences everybody has those 1500 points,
 * without an occupation everybody has the points of the occupation. Without must competences their
 * 5000 points go to the occupation, which then counts 6500. */
#ifndef MAATWERK_MATCHING_SCORE_H
#define MAATWERK_MATCHING_SCORE_H

#include "workers/matching/engine/demand.h"
#include "workers/matching/engine/person.h"

enum {
    POINTS_MUST = 5000,
    POINTS_NICE = 1500,
    POINTS_OCCUPATION = 1500,
    POINTS_DISTANCE = 1000,
    POINTS_HOURS = 500,
    POINTS_SECTOR = 500,
    POINTS_TOTAL = 10000,
    /* Half of the employer's points; who has no must competence at all stays below it. */
    FLOOR_EMPLOYER = 4000,
    /* At the very edge of the own distance, hours alone are not enough. */
    FLOOR_PERSON = 600,
    CONTRIBUTIONS_MAX = 64,
};

/* Codes: must, nice, occupation, distance, hours, sector. */
struct contribution {
    const char *code;
    int points, of;
    uint32_t number; /* of the competence, or of the person's nearest occupation; 0 when none */
};

struct score {
    int total, employer, person; /* total = employer + person */
    struct contribution contributions[CONTRIBUTIONS_MAX];
    size_t count;
    uint64_t met;          /* hard conditions known to be met */
    uint64_t verify;       /* hard conditions not answered yet */
    uint64_t missing_soft; /* soft conditions known not to be met */
};

/* One asked competence with its share of the points. */
struct plan_competence {
    uint32_t number;
    uint8_t level;
    bool must;
    int of;
};

/* What can be worked out once per vacancy. */
struct score_plan {
    const struct demand *demand;
    struct plan_competence competences[DEMAND_COMPETENCES_MAX]; /* sorted by number */
    size_t count;
    int nice_free;     /* points everybody has because nothing nice is asked */
    int occupation_of; /* POINTS_OCCUPATION, with POINTS_MUST when no must is asked */
};

/* The totals alone, as in struct score. */
struct score_sums {
    int total, employer, person;
};

/* `demand` must live as long as the plan. */
void score_plan_make(const struct demand *demand, struct score_plan *ret);

/* The totals; returns whether both floors are reached. When the employer's is not, the rest is not
 * worked out: ret->person stays 0. */
bool score_suitable(const struct score_plan *plan, const struct person *person,
                    struct score_sums *ret);

/* Everything, floors or not. */
void score_explain(const struct score_plan *plan, const struct person *person, struct score *ret);

/* Divides `points` exactly over weights by largest remainder; equal remainders go to the first. All
 * zero when `count` is 0 or the weights sum to 0. At most DEMAND_COMPETENCES_MAX weights. */
void shares_divide(int points, const uint32_t *weights, size_t count, int *ret);

#endif
