/* SPDX-License-Identifier: EUPL-1.2 */
/* From a job to what it stores. */
#include "workers/matching/match.h"

#include <openssl/evp.h>

#include "lib/base/hex.h"
#include "workers/matching/copy.h"
#include "workers/matching/engine/rank.h"
#include "workers/matching/gen/queries.h"
#include "workers/matching/rows.h"

static struct str print_number(struct arena *arena, int64_t number)
{
    return arena_print(arena, "%lld", (long long)number);
}

static struct str print_id(struct arena *arena, const uint8_t id[16])
{
    char text[UUID_TEXT_LEN + 1];
    struct uuid uuid;
    memcpy(uuid.bytes, id, 16);
    return arena_copy(arena, uuid_print(uuid, text));
}

/* A digest of what the list was made from, 16 hexadecimal digits: the same input gives the same
 * digest. */
static struct str digest_of(struct arena *arena, const struct opening *opening,
                            const struct ranking *ranking)
{
    unsigned char digest[EVP_MAX_MD_SIZE];
    struct buf text = buf_in(arena), hex = buf_in(arena);
    buf_print(&text, "%s|%.*s|%lld|%llu|%zu", MATCH_RULES, STR_ARG(opening->id),
              (long long)opening->match_input, (unsigned long long)opening->demand.day_key,
              ranking->considered);
    for (size_t i = 0; i < ranking->count; i++) {
        buf_add(&text, print_id(arena, ranking->items[i].person->id));
        buf_print(&text, ":%d|", ranking->items[i].score.total);
    }
    struct str whole = buf_str(&text);
    EVP_Digest(whole.at, whole.len, digest, NULL, EVP_sha256(), NULL);
    hex_add(&hex, digest, 8);
    return buf_str(&hex);
}

static struct str print_excluded(struct arena *arena, const struct ranking *ranking)
{
    struct buf out = buf_in(arena);
    for (int i = 0; i < EXCLUSION_COUNT; i++)
        buf_print(&out, "%c\"%s\":%zu", i ? ',' : '{', exclusion_name((enum exclusion)i),
                  ranking->excluded[i]);
    buf_add_char(&out, '}');
    return buf_str(&out);
}

static struct str print_results(struct arena *arena, const struct ranking *ranking,
                                const struct explain_names *names)
{
    struct buf out = buf_in(arena);
    buf_add_char(&out, '[');
    for (size_t i = 0; i < ranking->count; i++) {
        buf_print(&out, "%s{\"rank\":%zu,\"score\":%d,\"candidate_id\":\"%s\",\"explanation\":",
                  i ? "," : "", i + 1, ranking->items[i].score.total,
                  print_id(arena, ranking->items[i].person->id).at);
        explain_item(&out, &ranking->items[i], names);
        buf_add_char(&out, '}');
    }
    buf_add_char(&out, ']');
    return buf_str(&out);
}

static enum job_end store(struct work *work, const struct opening *opening,
                          const struct ranking *ranking, const struct explain_names *names)
{
    struct arena *arena = work->ctx.arena;
    struct plan plan = work_plan(work);
    char text[UUID_TEXT_LEN + 1];
    struct str run = arena_copy(arena, uuid_print(uuid_new(), text));
    sql_run_insert(&plan, (struct sql_run_insert){
                              .id = run,
                              .vacancy = opening->id,
                              .match_input = print_number(arena, opening->match_input),
                              .rules_version = S(MATCH_RULES),
                              .input_digest = digest_of(arena, opening, ranking),
                              .asked = print_number(arena, opening->demand.asked),
                              .considered = print_number(arena, (int64_t)ranking->considered),
                              .suitable = print_number(arena, (int64_t)ranking->suitable),
                              .shortfall = print_number(arena, (int64_t)ranking->shortfall),
                              .excluded = print_excluded(arena, ranking)});
    sql_results_insert(&plan, (struct sql_results_insert){.run = run,
                                                          .results = print_results(arena, ranking,
                                                                                   names)});
    if (opening->unlisted)
        sql_vacancy_shortlisted(&plan, (struct sql_vacancy_shortlisted){.vacancy = opening->id});
    return work_run(work, &plan);
}

/* The data that a job about a vacancy needs. */
struct at_hand {
    const struct population *population;
    struct explain_names names;
    struct opening opening;
    bool there; /* false: the vacancy is gone, and there is nothing to do */
};

static enum job_end take_at_hand(struct work *work, struct at_hand *ret)
{
    struct plan ask = {.ctx = &work->ctx};
    const struct statement *row =
        sql_demand_of_vacancy(&ask, (struct sql_demand_of_vacancy){
                                        .vacancy = job_text(work->job, "vacancy")});
    *ret = (struct at_hand){.there = false};
    enum job_end end = copies_refresh(work, &ask, &ret->population);
    if (end != JOB_DONE || PQntuples(row->result) == 0)
        return end;
    ret->opening = opening_of_row(work->ctx.arena, row->result, 0);
    end = copies_names(work, &ret->opening.demand, &ret->names);
    ret->there = end == JOB_DONE;
    return end;
}

enum job_end match_vacancy(struct work *work)
{
    struct arena *arena = work->ctx.arena;
    struct at_hand at;
    enum job_end end = take_at_hand(work, &at);
    if (!at.there)
        return end;
    struct plan plan = work_plan(work);
    const struct statement *runs = sql_run_exists(
        &plan, (struct sql_run_exists){.vacancy = at.opening.id,
                                       .match_input = print_number(arena, at.opening.match_input)});
    end = work_run(work, &plan);
    if (end != JOB_DONE || PQntuples(runs->result) || !at.opening.open)
        return end; /* this input has its list already, or the vacancy needs no list any more */
    struct ranking ranking;
    rank_vacancy(arena, at.population, &at.opening.demand, &ranking);
    return store(work, &at.opening, &ranking, &at.names);
}

/* The openings that admit the person, with the score of the person for each: "{id,…}" and
 * "{score,…}". The score is -1 when the person is not suitable. */
static void find_touched(struct arena *arena, const PGresult *rows, const struct person *person,
                         struct str *ids, struct str *scores)
{
    struct buf id_list = buf_in(arena), score_list = buf_in(arena);
    buf_add_char(&id_list, '{');
    buf_add_char(&score_list, '{');
    for (int i = 0; person && i < PQntuples(rows); i++) {
        struct opening opening = opening_of_row(arena, rows, i);
        struct score_plan plan;
        struct score_sums sums;
        if (!demand_admits(&opening.demand, person))
            continue;
        score_plan_make(&opening.demand, &plan);
        bool suitable = score_suitable(&plan, person, &sums);
        buf_print(&id_list, "%s%.*s", id_list.len > 1 ? "," : "", STR_ARG(opening.id));
        buf_print(&score_list, "%s%d", score_list.len > 1 ? "," : "", suitable ? sums.total : -1);
    }
    buf_add_char(&id_list, '}');
    buf_add_char(&score_list, '}');
    *ids = buf_str(&id_list);
    *scores = buf_str(&score_list);
}

enum job_end match_candidate(struct work *work)
{
    const struct population *population = NULL;
    struct plan ask = {.ctx = &work->ctx};
    struct str candidate = job_text(work->job, "candidate");
    struct uuid id = {0};
    const struct statement *openings =
        sql_demand_of_vacancy(&ask, (struct sql_demand_of_vacancy){0});
    enum job_end end = copies_refresh(work, &ask, &population);
    if (end != JOB_DONE || !uuid_read(candidate, &id))
        return end;
    struct str ids, scores;
    find_touched(work->ctx.arena, openings->result, population_find(population, id.bytes), &ids,
                 &scores);
    struct plan plan = work_plan(work);
    sql_rematch_touched(&plan, (struct sql_rematch_touched){.candidate = candidate,
                                                            .vacancies = ids,
                                                            .scores = scores});
    return work_run(work, &plan);
}

static void add_without(struct buf *out, struct str condition, size_t passing)
{
    buf_print(out, "%s{\"condition\":", out->len > 1 ? "," : "");
    buf_add_json(out, condition);
    buf_print(out, ",\"passing\":%zu}", passing);
}

static struct str print_without(struct arena *arena, const struct copies *copies,
                                const struct demand *demand, const struct supply *supply)
{
    struct buf out = buf_in(arena);
    buf_add_char(&out, '[');
    for (int bit = 0; bit < 64; bit++)
        if (demand->hard >> bit & 1)
            add_without(&out, copies_condition(copies, bit), supply->without_condition[bit]);
    add_without(&out, S("distance"), supply->without_distance);
    add_without(&out, S("hours"), supply->without_hours);
    add_without(&out, S("shifts"), supply->without_shifts);
    add_without(&out, S("availability"), supply->without_availability);
    buf_add_char(&out, ']');
    return buf_str(&out);
}

static int64_t count_active(const struct population *population)
{
    int64_t active = 0;
    for (size_t i = 0; i < population_count(population); i++)
        active += population_at(population, i)->active;
    return active;
}

enum job_end count_supply(struct work *work)
{
    struct arena *arena = work->ctx.arena;
    struct at_hand at;
    enum job_end end = take_at_hand(work, &at);
    if (!at.there)
        return end;
    struct supply supply;
    rank_supply(at.population, &at.opening.demand, &supply);
    struct plan plan = work_plan(work);
    sql_supply_store(&plan,
                     (struct sql_supply_store){
                         .vacancy = at.opening.id,
                         .match_input = print_number(arena, at.opening.match_input),
                         .active = print_number(arena, count_active(at.population)),
                         .pass = print_number(arena, (int64_t)supply.passing),
                         .without = print_without(arena, work->own, &at.opening.demand, &supply)});
    sql_supply_advise(&plan, (struct sql_supply_advise){.vacancy = at.opening.id});
    return work_run(work, &plan);
}
