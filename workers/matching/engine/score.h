/* SPDX-License-Identifier: EUPL-1.2 */
/* The score of one person for one vacancy: whole points, 0 .. 10000, the sum of its contributions.
 *
 *   employer 7500: must 5000, nice 1500, occupation 1000
 *   person   2500: distance 1000, hours 500, sector wish 500, wish for this work 500
 *
 * Somebody who did this work and does not look for it again has the experience, and not the wish.
 *
 * A person is suitable only when both halves reach their floor: neither half makes up for the
 * other. What a vacancy does not ask costs nothing: without nice competences every person has
 * those 1500 points, without an occupation every person has its points. Without must competences
 * their 5000 points go to the occupation, which then counts 6000. */
#ifndef MAATWERK_MATCHING_SCORE_H
#define MAATWERK_MATCHING_SCORE_H

#include "workers/matching/engine/demand.h"
#include "workers/matching/engine/person.h"

enum {
    POINTS_MUST = 5000,
    POINTS_NICE = 1500,
    POINTS_OCCUPATION = 1000,
    POINTS_DISTANCE = 1000,
    POINTS_HOURS = 500,
    POINTS_SECTOR = 500,
    POINTS_WISH = 500,
    POINTS_TOTAL = 10000,
    /* Half of the points of the employer. A person without any must competence stays below it. */
    FLOOR_EMPLOYER = 3750,
    /* At the furthest accepted distance, hours alone are not enough. */
    FLOOR_PERSON = 600,
    CONTRIBUTIONS_MAX = 64,
};

/* Codes: must, nice, occupation, distance, hours, sector, wish. */
struct contribution {
    const char *code;
    int points, of;
    uint32_t
        number; /* of the competence, or of the nearest occupation of the person; 0 when none */
    int value, limit; /* distance: metres, and how many at most; hours: the most that fit, and how
                         many are asked at most; occupation: years; else 0 */
    bool against;     /* wish: the occupation is one that the person does not look for */
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

/* What is computed once per vacancy. */
struct score_plan {
    const struct demand *demand;
    struct plan_competence competences[DEMAND_COMPETENCES_MAX]; /* sorted by number */
    size_t count;
    int nice_free;     /* points that every person has because nothing nice is asked */
    int occupation_of; /* POINTS_OCCUPATION, with POINTS_MUST when no must is asked */
};

/* The totals alone, as in struct score. */
struct score_sums {
    int total, employer, person;
};

/* Makes a plan. `demand` must live as long as the plan. */
void score_plan_make(const struct demand *demand, struct score_plan *ret);

/* Computes the totals. Returns whether both floors are reached. When the floor of the employer
 * is not reached, the other half is not computed: ret->person is 0. */
bool score_suitable(const struct score_plan *plan, const struct person *person,
                    struct score_sums *ret);

/* Computes everything, whether or not the floors are reached. */
void score_explain(const struct score_plan *plan, const struct person *person, struct score *ret);

/* Divides `points` over weights by the largest remainder; of equal remainders the first gets the
 * point. All results are 0 when the sum of the weights is 0. At most DEMAND_COMPETENCES_MAX
 * weights. */
void shares_divide(int points, const uint32_t *weights, size_t count, int *ret);

#endif
