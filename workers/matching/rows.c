/* SPDX-License-Identifier: EUPL-1.2 */
/* From the texts of a row to numbers. */
#include "workers/matching/rows.h"

#include <stdlib.h>

#include "lib/base/uuid.h"
#include "lib/db/rows.h"

static struct str text_at(const PGresult *rows, int row, const char *name)
{
    int column;
    if (!rows_column(rows, name, 0, &column) || PQgetisnull(rows, row, column))
        return (struct str){0};
    return (struct str){PQgetvalue(rows, row, column), (size_t)PQgetlength(rows, row, column)};
}

static int64_t number_at(const PGresult *rows, int row, const char *name, int64_t otherwise)
{
    int64_t number = otherwise;
    str_to_int(text_at(rows, row, name), &number);
    return number;
}

static bool flag_at(const PGresult *rows, int row, const char *name)
{
    return str_equal(text_at(rows, row, name), S("t"));
}

/* A code of digits, which may begin with 0; the result is 0 when there is none. */
static uint16_t code_at(const PGresult *rows, int row, const char *name)
{
    struct str code = text_at(rows, row, name);
    return code.at ? (uint16_t)strtoul(code.at, NULL, 10) : 0;
}

static size_t count_items(struct str list)
{
    size_t count = list.len > 0;
    for (size_t i = 0; i < list.len; i++)
        count += list.at[i] == ',';
    return count;
}

/* Cuts the next number from "12:3:…". */
static int64_t cut_number(struct str *item)
{
    int64_t number = 0;
    if (item->at)
        str_to_int(str_cut(item, ':'), &number);
    return number;
}

static uint8_t shifts_of_text(struct str list)
{
    static const struct {
        const char *name;
        uint8_t bit;
    } shifts[] = {{"day", SHIFT_DAY},
                  {"evening", SHIFT_EVENING},
                  {"night", SHIFT_NIGHT},
                  {"weekend", SHIFT_WEEKEND}};
    uint8_t bits = 0;
    while (list.at && list.len) {
        struct str one = str_cut(&list, ',');
        for (size_t i = 0; i < sizeof shifts / sizeof *shifts; i++)
            if (str_equal(one, str_of(shifts[i].name)))
                bits |= shifts[i].bit;
    }
    return bits;
}

static uint64_t bits_of_text(struct str list)
{
    uint64_t bits = 0;
    while (list.at && list.len) {
        struct str item = str_cut(&list, ',');
        bits |= 1ull << (cut_number(&item) & 63);
    }
    return bits;
}

static struct answers answers_of_text(struct str list)
{
    struct answers answers = {0, 0};
    while (list.at && list.len) {
        struct str item = str_cut(&list, ',');
        uint64_t bit = 1ull << (cut_number(&item) & 63);
        answers.known |= bit;
        if (cut_number(&item))
            answers.have |= bit;
    }
    return answers;
}

/* Levels of a language as conditions, lowest first (ref.condition). */
static const struct ladder {
    const char *language;
    int first, count; /* condition bits */
    const char *levels[4];
} ladders[] = {
    {"nl", 6, 4, {"a1", "a2", "b1", "b2"}},
    {"en", 10, 2, {"a2", "b1"}},
};

static struct answers climb(struct answers answers, const struct ladder *ladder)
{
    for (int i = ladder->count - 1; i > 0; i--) { /* who has this level has the level below it */
        uint64_t bit = 1ull << (ladder->first + i), below = bit >> 1;
        if ((answers.have & bit) && !(answers.known & below))
            answers = (struct answers){answers.have | below, answers.known | below};
    }
    for (int i = 0; i + 1 < ladder->count;
         i++) { /* who lacks this level lacks the level above it */
        uint64_t bit = 1ull << (ladder->first + i), above = bit << 1;
        if ((answers.known & ~answers.have & bit) && !(answers.known & above))
            answers.known |= above;
    }
    return answers;
}

struct answers answers_complete(struct answers answered, const char *languages)
{
    struct str list = str_of(languages);
    while (list.at && list.len) {
        struct str level = str_cut(&list, ','), language = str_cut(&level, ':');
        for (size_t l = 0; l < sizeof ladders / sizeof *ladders; l++)
            for (int i = 0;
                 i < ladders[l].count && str_equal(language, str_of(ladders[l].language)); i++) {
                uint64_t bit = 1ull << (ladders[l].first + i);
                if (answered.known & bit)
                    continue;
                answered.known |= bit;
                if (str_compare(level, str_of(ladders[l].levels[i])) >= 0)
                    answered.have |= bit;
            }
    }
    for (size_t l = 0; l < sizeof ladders / sizeof *ladders; l++)
        answered = climb(answered, &ladders[l]);
    return answered;
}

static void read_id(struct str text, uint8_t into[16])
{
    struct uuid id = {0};
    uuid_read(text, &id);
    memcpy(into, id.bytes, 16);
}

static void read_competences(struct arena *arena, struct str list, struct person *person)
{
    size_t count = count_items(list);
    struct person_competence *made = arena_array(arena, count + 1, sizeof *made);
    for (size_t i = 0; i < count; i++) {
        struct str item = str_cut(&list, ',');
        made[i].number = (uint32_t)cut_number(&item);
        made[i].level = (uint8_t)cut_number(&item);
    }
    person->competences = made;
    person->competence_count = (uint16_t)count;
}

static void read_occupations(struct arena *arena, struct str list, struct person *person)
{
    size_t count = count_items(list);
    struct person_occupation *made = arena_array(arena, count + 1, sizeof *made);
    for (size_t i = 0; i < count; i++) {
        struct str item = str_cut(&list, ',');
        made[i].number = (uint32_t)cut_number(&item);
        made[i].isco = (uint16_t)cut_number(&item);
        made[i].wanted = cut_number(&item) != 0;
        made[i].years = (uint8_t)cut_number(&item);
    }
    person->occupations = made;
    person->occupation_count = (uint16_t)count;
}

static void read_sectors(struct arena *arena, struct str list, struct person *person)
{
    size_t count = count_items(list);
    uint16_t *made = arena_array(arena, count + 1, sizeof *made);
    for (size_t i = 0; i < count; i++) {
        struct str one = str_cut(&list, ',');
        one.len = one.len > 2 ? 2 : one.len;
        for (size_t c = 0; c < one.len; c++) /* "01" is 1: leading zeros count */
            made[i] = (uint16_t)(made[i] * 10 + (one.at[c] - '0'));
    }
    person->sectors = made;
    person->sector_count = (uint16_t)count;
}

struct person person_of_row(struct arena *arena, const PGresult *rows, int row)
{
    struct person person = {
        .x = (int32_t)number_at(rows, row, "x", 0),
        .y = (int32_t)number_at(rows, row, "y", 0),
        .max_distance_m = (int32_t)number_at(rows, row, "max_distance_km", 0) * 1000,
        .hours_min = (uint8_t)number_at(rows, row, "hours_min", 0),
        .hours_max = (uint8_t)number_at(rows, row, "hours_max", 0),
        .hours_worked = (uint8_t)number_at(rows, row, "hours_worked", 0),
        .shifts = shifts_of_text(text_at(rows, row, "shifts")),
        .open_proposals = (uint8_t)number_at(rows, row, "open_proposals", 0),
        .proposals_max = (uint8_t)number_at(rows, row, "proposals_max", 0),
        .active = flag_at(rows, row, "active"),
        .available_day = (int32_t)number_at(rows, row, "available_day", 0),
        .alias = text_at(rows, row, "alias"),
    };
    struct str languages = text_at(rows, row, "languages");
    struct answers answers = answers_complete(answers_of_text(text_at(rows, row, "conditions")),
                                              languages.at ? languages.at : "");
    person.have = answers.have;
    person.known = answers.known;
    read_id(text_at(rows, row, "id"), person.id);
    read_competences(arena, text_at(rows, row, "competences"), &person);
    read_occupations(arena, text_at(rows, row, "occupations"), &person);
    read_sectors(arena, text_at(rows, row, "sectors"), &person);
    return person;
}

static void read_asked(struct arena *arena, struct str list, struct demand *demand)
{
    size_t count = count_items(list);
    struct demand_competence *made = arena_array(arena, count + 1, sizeof *made);
    for (size_t i = 0; i < count; i++) {
        struct str item = str_cut(&list, ',');
        made[i].number = (uint32_t)cut_number(&item);
        made[i].must = cut_number(&item) != 0;
        made[i].level = (uint8_t)cut_number(&item);
        made[i].weight = (uint8_t)cut_number(&item);
        made[i].rarity = (uint8_t)cut_number(&item);
    }
    demand->competences = made;
    demand->competence_count = count;
}

static int by_id(const void *left, const void *right)
{
    return memcmp(left, right, 16);
}

static void read_excluded(struct arena *arena, struct str list, struct demand *demand)
{
    size_t count = count_items(list);
    uint8_t(*made)[16] = arena_array(arena, count + 1, sizeof *made);
    for (size_t i = 0; i < count; i++)
        read_id(str_cut(&list, ','), made[i]);
    qsort(made, count, sizeof *made, by_id);
    demand->excluded = (const uint8_t(*)[16])made;
    demand->excluded_count = count;
}

struct opening opening_of_row(struct arena *arena, const PGresult *rows, int row)
{
    struct opening opening = {.id = arena_copy(arena, text_at(rows, row, "id")),
                              .open = flag_at(rows, row, "open"),
                              .unlisted = flag_at(rows, row, "unlisted"),
                              .match_input = number_at(rows, row, "match_input", 1)};
    struct demand *demand = &opening.demand;
    read_id(opening.id, demand->vacancy);
    demand->x = (int32_t)number_at(rows, row, "x", 0);
    demand->y = (int32_t)number_at(rows, row, "y", 0);
    demand->hours_min = (uint8_t)number_at(rows, row, "hours_min", 0);
    demand->hours_max = (uint8_t)number_at(rows, row, "hours_max", 0);
    demand->shifts = shifts_of_text(text_at(rows, row, "shifts"));
    demand->start_day = (int32_t)number_at(rows, row, "start_day", INT32_MAX);
    demand->hard = bits_of_text(text_at(rows, row, "hard"));
    demand->soft = bits_of_text(text_at(rows, row, "soft"));
    demand->asked = (int)number_at(rows, row, "candidates_wanted", 5);
    demand->occupation = (uint32_t)number_at(rows, row, "occupation", 0);
    demand->isco = code_at(rows, row, "isco");
    demand->sector = code_at(rows, row, "sector");
    demand->day_key = (uint64_t)number_at(rows, row, "today", 0);
    read_asked(arena, text_at(rows, row, "competences"), demand);
    read_excluded(arena, text_at(rows, row, "excluded"), demand);
    return opening;
}
