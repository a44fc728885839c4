/* SPDX-License-Identifier: EUPL-1.2 */
/* One copy per municipality, and the names of conditions and competences. */
#include "workers/matching/copy.h"

#include "workers/matching/gen/queries.h"
#include "workers/matching/rows.h"

enum { SNAPSHOT_MAX = 4096 };

struct copy {
    int32_t tenant;
    struct population *population;
    char snapshot[SNAPSHOT_MAX]; /* "" before the first load */
    int64_t revision;            /* of the reference data that its numbers and places come from */
    struct copy *next;
};

struct copies {
    struct copy *first;
    int64_t revision; /* of the reference data, as the last job found it */
    struct arena *names_arena;
    int64_t names_revision;
    struct str conditions[64];
    struct str *competences; /* by number */
    size_t competences_count;
};

void *copies_new(void)
{
    struct copies *copies = calloc(1, sizeof *copies);
    if (!copies)
        abort();
    return copies;
}

static struct copy *copy_of(struct copies *copies, int32_t tenant)
{
    for (struct copy *copy = copies->first; copy; copy = copy->next)
        if (copy->tenant == tenant)
            return copy;
    struct copy *copy = calloc(1, sizeof *copy);
    if (!copy)
        abort();
    copy->tenant = tenant;
    copy->population = population_new();
    copy->next = copies->first;
    copies->first = copy;
    return copy;
}

static void put_rows(struct population *population, const PGresult *rows)
{
    struct arena *arena = arena_new();
    for (int i = 0; i < PQntuples(rows); i++) {
        struct person person = person_of_row(arena, rows, i);
        population_put(population, &person);
        arena_reset(arena);
    }
    arena_free(arena);
}

static void remove_rows(struct population *population, const PGresult *rows)
{
    for (int i = 0; i < PQntuples(rows); i++) {
        struct uuid id;
        if (uuid_read(str_of(PQgetvalue(rows, i, COPY_TOMBSTONES_ID)), &id))
            population_remove(population, id.bytes);
    }
}

/* A snapshot that is too long is not kept: the next job then reads all candidates again. */
static void keep_snapshot(struct copy *copy, const char *snapshot)
{
    size_t length = strlen(snapshot);
    if (length >= SNAPSHOT_MAX)
        length = 0;
    memcpy(copy->snapshot, snapshot, length);
    copy->snapshot[length] = 0;
}

/* Reads what the copy lacks. When the reference data have changed since then, the copy is emptied instead: all of it
 * has to be read again. */
static enum job_end read_rows(struct work *work, struct copy *copy, struct plan *also)
{
    struct str since = copy->snapshot[0] ? str_of(copy->snapshot) : (struct str){0};
    struct plan plan = work_plan(work);
    int64_t revision = 0;
    const struct statement *snapshot = sql_copy_snapshot(&plan);
    const struct statement *rows =
        sql_copy_candidates(&plan, (struct sql_copy_candidates){.snapshot = since});
    const struct statement *gone =
        sql_copy_tombstones(&plan, (struct sql_copy_tombstones){.snapshot = since});
    if (also && also->first) {
        plan.last->next = also->first;
        plan.last = also->last;
    }
    enum job_end end = work_run(work, &plan);
    if (end != JOB_DONE)
        return end;
    str_to_int(str_of(PQgetvalue(snapshot->result, 0, COPY_SNAPSHOT_REVISION)), &revision);
    if (since.at && revision != copy->revision) {
        population_free(copy->population);
        copy->population = population_new();
        copy->snapshot[0] = 0;
        return JOB_DONE;
    }
    put_rows(copy->population, rows->result);
    remove_rows(copy->population, gone->result);
    keep_snapshot(copy, PQgetvalue(snapshot->result, 0, COPY_SNAPSHOT_SNAPSHOT));
    copy->revision = revision;
    return JOB_DONE;
}

enum job_end copies_refresh(struct work *work, struct plan *also, const struct population **ret)
{
    struct copies *copies = work->own;
    struct copy *copy = copy_of(copies, work->job->tenant);
    bool loaded = copy->snapshot[0];
    enum job_end end = read_rows(work, copy, also);
    if (end == JOB_DONE && loaded && !copy->snapshot[0])
        end = read_rows(work, copy, NULL);
    if (end != JOB_DONE)
        return end;
    copies->revision = copy->revision;
    *ret = copy->population;
    return JOB_DONE;
}

static struct str name_of_condition(void *data, int bit)
{
    const struct copies *copies = data;
    return bit >= 0 && bit < 64 ? copies->conditions[bit] : (struct str){0};
}

struct str copies_condition(const struct copies *copies, int bit)
{
    return bit >= 0 && bit < 64 ? copies->conditions[bit] : (struct str){0};
}

static struct str name_of_competence(void *data, uint32_t number)
{
    const struct copies *copies = data;
    return number < copies->competences_count ? copies->competences[number] : (struct str){0};
}

static void keep_names(struct copies *copies, const PGresult *conditions,
                       const PGresult *competences)
{
    int64_t number = 0, largest = 0;
    arena_free(copies->names_arena);
    copies->names_arena = arena_new();
    memset(copies->conditions, 0, sizeof copies->conditions);
    for (int i = 0; i < PQntuples(conditions); i++)
        if (str_to_int(str_of(PQgetvalue(conditions, i, NAMES_OF_CONDITIONS_BIT)), &number)
            && number >= 0 && number < 64)
            copies->conditions[number] =
                arena_copy(copies->names_arena,
                           str_of(PQgetvalue(conditions, i, NAMES_OF_CONDITIONS_CODE)));
    for (int i = 0; i < PQntuples(competences); i++)
        if (str_to_int(str_of(PQgetvalue(competences, i, NAMES_OF_COMPETENCES_NUMBER)), &number)
            && number > largest)
            largest = number;
    copies->competences_count = (size_t)largest + 1;
    copies->competences =
        arena_array(copies->names_arena, copies->competences_count, sizeof(struct str));
    for (int i = 0; i < PQntuples(competences); i++)
        if (str_to_int(str_of(PQgetvalue(competences, i, NAMES_OF_COMPETENCES_NUMBER)), &number)
            && number >= 0)
            copies->competences[number] =
                arena_copy(copies->names_arena,
                           str_of(PQgetvalue(competences, i, NAMES_OF_COMPETENCES_LABEL)));
}

/* Whether every condition and competence of the demand has a name. */
static bool has_names(const struct copies *copies, const struct demand *demand)
{
    for (int bit = 0; bit < 64; bit++)
        if ((demand->hard | demand->soft) >> bit & 1 && !copies->conditions[bit].at)
            return false;
    for (size_t i = 0; i < demand->competence_count; i++)
        if (demand->competences[i].number >= copies->competences_count
            || !copies->competences[demand->competences[i].number].at)
            return false;
    return true;
}

enum job_end copies_names(struct work *work, const struct demand *demand, struct explain_names *ret)
{
    struct copies *copies = work->own;
    if (!copies->names_arena || copies->names_revision != copies->revision
        || !has_names(copies, demand)) {
        struct plan plan = work_plan(work);
        const struct statement *conditions = sql_names_of_conditions(&plan);
        const struct statement *competences = sql_names_of_competences(&plan);
        enum job_end end = work_run(work, &plan);
        if (end != JOB_DONE)
            return end;
        keep_names(copies, conditions->result, competences->result);
        copies->names_revision = copies->revision;
    }
    *ret = (struct explain_names){name_of_condition, name_of_competence, copies};
    return JOB_DONE;
}
