/* SPDX-License-Identifier: EUPL-1.2 */
/* The same functions compute the totals alone, for all persons that pass the filters, and the
 * contributions too, for the few persons that are shown. */
#include "workers/matching/engine/score.h"

#include <stdlib.h>
#include <string.h>

#include "workers/matching/engine/nearness.h"

_Static_assert(POINTS_MUST + POINTS_NICE + POINTS_OCCUPATION + POINTS_DISTANCE + POINTS_HOURS
                       + POINTS_SECTOR + POINTS_WISH
                   == POINTS_TOTAL,
               "the points must sum to the total");
_Static_assert(DEMAND_COMPETENCES_MAX + 6 <= CONTRIBUTIONS_MAX, "room for every contribution");

/* Collects points; `into` is NULL when only their sum is needed. */
struct tally {
    int points;
    struct score *into;
};

static inline void tally_add(struct tally *tally, const char *code, int points, int of,
                             uint32_t number)
{
    tally->points += points;
    if (tally->into)
        tally->into->contributions[tally->into->count++] =
            (struct contribution){.code = code, .points = points, .of = of, .number = number};
}

void shares_divide(int points, const uint32_t *weights, size_t count, int *ret)
{
    uint64_t sum = 0, remainders[DEMAND_COMPETENCES_MAX];
    for (size_t i = 0; i < count; i++) {
        sum += weights[i];
        ret[i] = 0;
    }
    if (sum == 0)
        return;
    int left = points;
    for (size_t i = 0; i < count; i++) {
        uint64_t product = (uint64_t)points * weights[i];
        ret[i] = (int)(product / sum);
        remainders[i] = product % sum + 1;
        left -= ret[i];
    }
    for (; left > 0; left--) {
        size_t best = 0;
        for (size_t i = 1; i < count; i++)
            if (remainders[i] > remainders[best])
                best = i;
        ret[best]++;
        remainders[best] = 0;
    }
}

static uint8_t clamp(uint8_t value, uint8_t low, uint8_t high)
{
    if (value < low)
        return low;
    return value < high ? value : high;
}

static uint32_t competence_weight(const struct demand_competence *asked)
{
    return (uint32_t)clamp(asked->weight, 1, 5) * (1u + clamp(asked->rarity, 0, 20));
}

/* Compares the number first, then everything else, so that the order of the input does not
 * matter. */
static int competence_compare(const void *a, const void *b)
{
    const struct demand_competence *one = a, *two = b;
    if (one->number != two->number)
        return one->number < two->number ? -1 : 1;
    if (one->must != two->must)
        return two->must - one->must;
    if (one->level != two->level)
        return one->level - two->level;
    return (int)competence_weight(one) - (int)competence_weight(two);
}

/* Divides `points` over the must or over the nice competences; the others weigh 0. Returns how
 * many there are. */
static size_t plan_share(struct score_plan *plan, const struct demand_competence *sorted, bool must,
                         int points)
{
    uint32_t weights[DEMAND_COMPETENCES_MAX] = {0};
    int shares[DEMAND_COMPETENCES_MAX];
    size_t count = 0;
    for (size_t i = 0; i < plan->count; i++) {
        if (sorted[i].must == must) {
            weights[i] = competence_weight(&sorted[i]);
            count++;
        }
    }
    shares_divide(points, weights, plan->count, shares);
    for (size_t i = 0; i < plan->count; i++)
        plan->competences[i].of += shares[i];
    return count;
}

void score_plan_make(const struct demand *demand, struct score_plan *ret)
{
    struct demand_competence sorted[DEMAND_COMPETENCES_MAX];
    size_t count = demand->competence_count;
    *ret = (struct score_plan){.demand = demand, .occupation_of = POINTS_OCCUPATION};
    ret->count = count < DEMAND_COMPETENCES_MAX ? count : DEMAND_COMPETENCES_MAX;
    if (ret->count) {
        memcpy(sorted, demand->competences, ret->count * sizeof(sorted[0]));
        qsort(sorted, ret->count, sizeof(sorted[0]), competence_compare);
    }
    for (size_t i = 0; i < ret->count; i++)
        ret->competences[i] = (struct plan_competence){
            .number = sorted[i].number,
            .level = clamp(sorted[i].level, 1, 3),
            .must = sorted[i].must,
        };
    if (plan_share(ret, sorted, true, POINTS_MUST) == 0)
        ret->occupation_of += POINTS_MUST;
    if (plan_share(ret, sorted, false, POINTS_NICE) == 0)
        ret->nice_free = POINTS_NICE;
}

/* Both lists are sorted by number, so one pass over both finds all matches. */
static inline void competences_tally(const struct score_plan *plan, const struct person *person,
                                     struct tally *tally)
{
    const struct person_competence *own = person->competences;
    const struct person_competence *end = own + person->competence_count;
    for (size_t i = 0; i < plan->count; i++) {
        const struct plan_competence *asked = &plan->competences[i];
        while (own < end && own->number < asked->number)
            own++;
        bool has = own < end && own->number == asked->number;
        int points = has ? competence_points(asked->of, asked->level, own->level) : 0;
        tally_add(tally, asked->must ? "must" : "nice", points, asked->of, asked->number);
    }
    if (plan->nice_free)
        tally_add(tally, "nice", plan->nice_free, plan->nice_free, 0);
}

/* Says what was measured for the contribution that was added last. */
static inline void tally_measured(struct tally *tally, int value, int limit)
{
    struct contribution *last = &tally->into->contributions[tally->into->count - 1];
    last->value = value;
    last->limit = limit;
}

static int years_of(const struct person *person, uint32_t occupation)
{
    for (size_t i = 0; i < person->occupation_count; i++)
        if (person->occupations[i].number == occupation)
            return person->occupations[i].years;
    return 0;
}

static inline int employer_tally(const struct score_plan *plan, const struct person *person,
                                 struct score *into)
{
    struct tally tally = {0, into};
    uint32_t number = 0;
    competences_tally(plan, person, &tally);
    int points = occupation_points(plan->occupation_of, plan->demand, person, &number);
    tally_add(&tally, "occupation", points, plan->occupation_of, number);
    if (into)
        tally_measured(&tally, years_of(person, number), 0);
    return tally.points;
}

static inline int person_tally(const struct score_plan *plan, const struct person *person,
                               struct score *into)
{
    const struct demand *demand = plan->demand;
    struct tally tally = {0, into};
    tally_add(&tally, "distance", distance_points(POINTS_DISTANCE, demand, person), POINTS_DISTANCE,
              0);
    if (into)
        tally_measured(&tally, distance_metres(demand, person), person->max_distance_m);
    tally_add(&tally, "hours", hours_points(POINTS_HOURS, demand, person), POINTS_HOURS, 0);
    if (into)
        tally_measured(&tally, hours_common(demand, person), demand->hours_max);
    tally_add(&tally, "sector", sector_points(POINTS_SECTOR, demand, person), POINTS_SECTOR, 0);
    uint32_t number = 0;
    bool against = false;
    int points = wish_points(POINTS_WISH, demand, person, &number, &against);
    tally_add(&tally, "wish", points, POINTS_WISH, number);
    if (into)
        into->contributions[into->count - 1].against = against;
    return tally.points;
}

bool score_suitable(const struct score_plan *plan, const struct person *person,
                    struct score_sums *ret)
{
    ret->employer = ret->total = employer_tally(plan, person, NULL);
    ret->person = 0;
    if (ret->employer < FLOOR_EMPLOYER)
        return false;
    ret->person = person_tally(plan, person, NULL);
    ret->total += ret->person;
    return ret->person >= FLOOR_PERSON;
}

void score_explain(const struct score_plan *plan, const struct person *person, struct score *ret)
{
    const struct demand *demand = plan->demand;
    memset(ret, 0, sizeof(*ret));
    ret->employer = employer_tally(plan, person, ret);
    ret->person = person_tally(plan, person, ret);
    ret->total = ret->employer + ret->person;
    ret->met = demand->hard & person->known & person->have;
    ret->verify = demand->hard & ~person->known;
    ret->missing_soft = demand->soft & person->known & ~person->have;
}
