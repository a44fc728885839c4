/* SPDX-License-Identifier: EUPL-1.2 */
/* Loads reference data: taxonomies in ESCO's CSV layout, postcode areas, neighbourhoods. What is loaded again keeps
 * its ids; what is no longer there is withdrawn, never deleted. One transaction: all of it, or nothing. */
#include "services/cli/import.h"

#include <stdio.h>
#include <unistd.h>

#include "services/cli/command.h"
#include "services/cli/load.h"

enum { LABEL_MAX = 300, NAME_MAX_LEN = 120, WITHDRAWN_PER_CENT = 5 };

/* [0-9]{4}, a postcode: [1-9][0-9]{3}, and a neighbourhood: BU[0-9]{4}[0-9A-Z]{4} */
static const struct pattern_part four_digits[] = {{{0x3ff000000000000u, 0}, 4, 4}, {{0, 0}, 0, 0}},
                                 postcode[] = {{{0x3fe000000000000u, 0}, 1, 1},
                                               {{0x3ff000000000000u, 0}, 3, 3},
                                               {{0, 0}, 0, 0}},
                                 neighbourhood[] = {{{0, 1u << ('B' - 64)}, 1, 1},
                                                    {{0, 1u << ('U' - 64)}, 1, 1},
                                                    {{0x3ff000000000000u, 0}, 4, 4},
                                                    {{0x3ff000000000000u, 0x7fffffe}, 4, 4},
                                                    {{0, 0}, 0, 0}};
static const char *const statuses[] = {"released", "withdrawn", "obsolete", "replaced", NULL};
static const char *const relation_types[] = {"essential", "optional", NULL};

#define COLUMN(text, ...)                                              \
    {                                                                  \
        .field = {.name = text, .flags = FIELD_REQUIRED, __VA_ARGS__ } \
    }
#define URI(text, as)                                                                             \
    {                                                                                             \
        .field = {.name = text, .flags = FIELD_REQUIRED, .min = 1, .max = LABEL_MAX}, .as_id = as \
    }
#define LABEL .min = 1, .max = LABEL_MAX
#define NAME  .min = 1, .max = NAME_MAX_LEN
/* One on each line, as ESCO has them. */
#define ALTERNATIVES                                                    \
    {                                                                   \
        .field = {.name = "altLabels", .max = LABEL_MAX}, .lines = true \
    }

/* The file "DIR/name.csv", or "DIR/name.csv.gz" when it does not exist. */
static struct str find_file(struct arena *arena, const char *folder, const char *name)
{
    struct str plain = arena_print(arena, "%s/%s.csv", folder, name);
    return access(plain.at, R_OK) == 0 ? plain : arena_print(arena, "%s.gz", plain.at);
}

static const char tables[] =
    "create temp table load_occupation (id uuid, uri text, isco text, label text, alternatives text, "
    "status text, replaced_by uuid, row int);"
    "create temp table load_competence (id uuid, uri text, kind text, label text, alternatives text, "
    "status text, replaced_by uuid, row int);"
    "create temp table load_occupation_nl (id uuid, label text, alternatives text, row int);"
    "create temp table load_competence_nl (id uuid, label text, alternatives text, row int);"
    "create temp table load_relation (occupation uuid, kind text, competence uuid, row int);";

static const char store[] =
    "insert into ref.taxonomy (version, name, imported_at) values ($1, $2, clock.now()) "
    "on conflict (version) do update set name = $2, imported_at = clock.now()";

/* Dutch labels that a file of them has no more. */
#define DUTCH(noun)                                                                             \
    "select 'Dutch labels', count(*) filter (where not exists (select from load_" noun "_nl l " \
    "where l.id = n." noun "_id)), count(*) from ref." noun "_label n "                         \
    "join load_" noun " e on e.id = n." noun "_id where n.language = 'nl' and n.preferred "     \
    "and n.label <> e.label and exists (select from load_" noun "_nl)"

/* What would be withdrawn, and of how many; relations between concepts that stay count too. */
static const char withdrawals[] =
    "select 'occupations', count(*) filter (where not exists (select from load_occupation l where l.id = o.id "
    "and l.status = 'released')), count(*) from ref.occupation o where o.status = 'released' union all "
    "select 'competences', count(*) filter (where not exists (select from load_competence l where l.id = c.id "
    "and l.status = 'released')), count(*) from ref.competence c where c.status = 'released' union all "
    "select 'relations', count(*) filter (where "
    "exists (select from load_occupation l where l.id = r.occupation_id) "
    "and exists (select from load_competence l where l.id = r.competence_id) "
    "and not exists (select from load_relation l "
    "where (l.occupation, l.competence) = (r.occupation_id, r.competence_id))), count(*) "
    "from ref.occupation_competence r union all " DUTCH("occupation") " union all " DUTCH(
        "competence");

static const char merge[] =
    "update ref.taxonomy set current = false where current;"
    "update ref.taxonomy set current = true where version = current_setting('maatwerk.taxonomy');"
    "insert into ref.occupation (id, uri, isco, label, label_search, status, taxonomy) "
    "select id, uri, isco, label, lower(label), case status when 'released' then status else 'withdrawn' end, "
    "current_setting('maatwerk.taxonomy') "
    "from load_occupation on conflict (id) do update set isco = excluded.isco, label = excluded.label, "
    "label_search = excluded.label_search, status = excluded.status, taxonomy = excluded.taxonomy;"
    "insert into ref.competence (id, uri, kind, label, label_search, status, taxonomy) "
    "select id, uri, case when kind in ('knowledge', 'attitude', 'language') then kind "
    "when kind like 'attitude%' then 'attitude' when kind like 'language%' then 'language' else 'skill' end, "
    "label, lower(label), case status when 'released' then status else 'withdrawn' end, "
    "current_setting('maatwerk.taxonomy') from load_competence "
    "on conflict (id) do update set kind = excluded.kind, label = excluded.label, "
    "label_search = excluded.label_search, status = excluded.status, taxonomy = excluded.taxonomy;"
    "update ref.occupation o set status = 'withdrawn' where not exists ("
    "select from load_occupation l where l.id = o.id);"
    "update ref.competence c set status = 'withdrawn' where not exists ("
    "select from load_competence l where l.id = c.id);"
    "delete from ref.occupation_competence;"
    "insert into ref.occupation_competence (occupation_id, competence_id, essential) "
    "select r.occupation, r.competence, bool_or(r.kind = 'essential') from load_relation r "
    "join ref.occupation o on o.id = r.occupation join ref.competence c on c.id = r.competence group by 1, 2;"
    "update ref.competence c set rarity = k.rarity from ("
    "select c.id, (select max(s) from generate_series(0, 20) s "
    "where (greatest(count(oc.occupation_id), 1) << s) <= greatest((select count(*) from load_occupation), 1)) "
    "as rarity "
    "from ref.competence c left join ref.occupation_competence oc on oc.competence_id = c.id group by c.id) k "
    "where k.id = c.id and c.rarity <> coalesce(k.rarity, 0);";

/* The labels of a noun: the other English ones, and the Dutch ones when there is a file of them. What
 * has no Dutch label keeps its English one. The triggers of sql/functions/reference.sql have made the
 * preferred English ones. */
#define OTHERS(noun, language, from)                                                              \
    "delete from ref." noun "_label x where x.language = '" language "' and not x.preferred and " \
    "exists (select from " from ") and not exists (select from " from " l, "                      \
    "string_to_table(l.alternatives, E'\\n') a (label) "                                          \
    "where l.id = x." noun "_id and a.label = x.label);"                                          \
    "insert into ref." noun "_label (" noun "_id, language, label, preferred) "                   \
    "select distinct l.id, '" language "', a.label, false from " from " l "                       \
    "join ref." noun " c on c.id = l.id, string_to_table(l.alternatives, E'\\n') a (label) "      \
    "where not exists (select from ref." noun "_label x where x." noun "_id = l.id "              \
    "and x.language = '" language "' and x.label = a.label);"
#define LABELS(noun)                                                                               \
    OTHERS(noun, "en", "load_" noun)                                                               \
    "delete from ref." noun "_label x where x.language = 'nl' and x.preferred "                    \
    "and exists (select from load_" noun "_nl) and not exists ("                                   \
    "select from load_" noun "_nl l where l.id = x." noun "_id and l.label = x.label);"            \
    "insert into ref." noun "_label as x (" noun "_id, language, label, preferred) "               \
    "select l.id, 'nl', l.label, true from load_" noun "_nl l join ref." noun " c on c.id = l.id " \
    "where not exists (select from ref." noun "_label x where x." noun "_id = l.id "               \
    "and x.language = 'nl' and x.label = l.label and x.preferred) "                                \
    "on conflict on constraint " noun "_label_pkey do update set preferred = true;" OTHERS(        \
        noun, "nl", "load_" noun "_nl") "insert into ref." noun "_label (" noun                    \
                                        "_id, language, label, preferred) "                        \
                                        "select c.id, 'nl', c.label, true from ref." noun          \
                                        " c where not exists (select from ref." noun               \
                                        "_label l where l." noun                                   \
                                        "_id = c.id and l.language = 'nl' and l.preferred) "       \
                                        "on conflict on constraint " noun                          \
                                        "_label_pkey do update set preferred = true;"
static const char labels[] = LABELS("occupation") LABELS("competence");

/* Who takes the place of what was withdrawn: the file says so, or one new concept has the same label. What follows a
 * concept that was itself withdrawn follows on to the last one. */
static const char follow[] =
    "update ref.occupation set replaced_by = null where status = 'released' and replaced_by is not null;"
    "update ref.competence set replaced_by = null where status = 'released' and replaced_by is not null;"
    "update ref.occupation o set replaced_by = l.replaced_by from load_occupation l "
    "where l.id = o.id and o.status = 'withdrawn' and l.replaced_by <> o.id "
    "and l.replaced_by in (select id from ref.occupation);"
    "update ref.competence c set replaced_by = l.replaced_by from load_competence l "
    "where l.id = c.id and c.status = 'withdrawn' and l.replaced_by <> c.id "
    "and l.replaced_by in (select id from ref.competence);"
    "update ref.occupation o set replaced_by = (select min(n.id::text)::uuid from ref.occupation n "
    "where n.label_search = o.label_search and n.status = 'released' having count(*) = 1) "
    "where o.status = 'withdrawn' and o.replaced_by is null;"
    "update ref.competence c set replaced_by = (select min(n.id::text)::uuid from ref.competence n "
    "where n.label_search = c.label_search and n.status = 'released' having count(*) = 1) "
    "where c.status = 'withdrawn' and c.replaced_by is null;"
    "do $$ declare again boolean := true; begin for i in 1 .. 20 loop "
    "update ref.occupation o set replaced_by = n.replaced_by from ref.occupation n "
    "where n.id = o.replaced_by and n.replaced_by is not null and n.replaced_by <> o.id; again := found; "
    "update ref.competence o set replaced_by = n.replaced_by from ref.competence n "
    "where n.id = o.replaced_by and n.replaced_by is not null and n.replaced_by <> o.id; "
    "exit when not (again or found); end loop; end $$;";

/* Half a file looks like a whole one from which much was withdrawn: more than a few per cent have to be confirmed. */
static bool confirm_withdrawals(PGconn *pg, int64_t confirmed)
{
    PGresult *rows = must_run(pg, withdrawals, 0, NULL);
    int64_t sum = 0, gone = 0, all = 0;
    bool many = false;
    for (int i = 0; rows && i < PQntuples(rows); i++)
        if (str_to_int(str_of(PQgetvalue(rows, i, 1)), &gone)
            && str_to_int(str_of(PQgetvalue(rows, i, 2)), &all)) {
            sum += gone;
            many = many || gone * 100 > all * WITHDRAWN_PER_CENT;
        }
    bool done = rows && (!many || confirmed >= sum);
    if (rows && !done) {
        fprintf(stderr, "maatwerk: this would withdraw ");
        for (int i = 0; i < PQntuples(rows); i++)
            fprintf(stderr, "%s%s of %s %s", i ? ", " : "", PQgetvalue(rows, i, 1),
                    PQgetvalue(rows, i, 2), PQgetvalue(rows, i, 0));
        fprintf(stderr, "; if that is right, add --confirm-withdrawals %lld\n", (long long)sum);
    }
    PQclear(rows);
    return done;
}

/* The Dutch labels; without the file there are none, or they stay as they are. */
static bool load_dutch(PGconn *pg, struct arena *arena, const char *folder, const char *name,
                       const char *table)
{
    const struct load dutch = {table,
                               "id, label, alternatives",
                               "id",
                               {URI("conceptUri", true), COLUMN("preferredLabel", LABEL),
                                ALTERNATIVES}};
    struct str file = find_file(arena, folder, name);
    return access(file.at, R_OK) != 0 || load_file(pg, file.at, &dutch);
}

static bool load_taxonomy(PGconn *pg, struct arena *arena, const char *folder)
{
    static const struct load occupations = {
        "load_occupation",
        "id, uri, isco, label, alternatives, status, replaced_by",
        "uri",
        {URI("conceptUri", true),
         URI("conceptUri", false),
         COLUMN("iscoGroup", .min = 4, .max = 4, .pattern = four_digits),
         COLUMN("preferredLabel", LABEL),
         ALTERNATIVES,
         COLUMN("status", .values = statuses),
         {.field = {.name = "replacedByUri", LABEL}, .as_id = true}}};
    static const struct load competences = {
        "load_competence",
        "id, uri, kind, label, alternatives, status, replaced_by",
        "uri",
        {URI("conceptUri", true),
         URI("conceptUri", false),
         {.field = {.name = "skillType", .max = LABEL_MAX}},
         COLUMN("preferredLabel", LABEL),
         ALTERNATIVES,
         COLUMN("status", .values = statuses),
         {.field = {.name = "replacedByUri", LABEL}, .as_id = true}}};
    static const struct load relations = {"load_relation",
                                          "occupation, kind, competence",
                                          NULL,
                                          {URI("occupationUri", true),
                                           COLUMN("relationType", .values = relation_types),
                                           URI("skillUri", true)}};
    return must_do(pg, tables)
           && load_file(pg, find_file(arena, folder, "occupations_en").at, &occupations)
           && load_file(pg, find_file(arena, folder, "skills_en").at, &competences)
           && load_file(pg, find_file(arena, folder, "occupationSkillRelations_en").at, &relations)
           && load_dutch(pg, arena, folder, "occupations_nl", "load_occupation_nl")
           && load_dutch(pg, arena, folder, "skills_nl", "load_competence_nl");
}

static bool import_taxonomy(PGconn *pg, struct arena *arena, const char *folder,
                            const char *const version[2], int64_t confirmed)
{
    PGresult *noted = NULL;
    bool done = must_do(pg, "begin") && load_taxonomy(pg, arena, folder)
                && must_do(pg, "analyze load_occupation, load_competence, load_relation, "
                               "load_occupation_nl, load_competence_nl")
                && confirm_withdrawals(pg, confirmed) && (noted = must_run(pg, store, 2, version));
    PQclear(noted);
    noted =
        done ? must_run(pg, "select set_config('maatwerk.taxonomy', $1, true)", 1, version) : NULL;
    PQclear(noted);
    return done && noted && must_do(pg, merge) && must_do(pg, labels) && must_do(pg, follow)
           && must_do(pg, "commit")
           && must_do(pg, "analyze ref.occupation, ref.competence, ref.occupation_competence, "
                          "ref.occupation_label, ref.competence_label");
}

int command_import_taxonomy(const struct config *config, int count, char **arguments)
{
    if (count < 1) {
        fprintf(stderr, "maatwerk: which folder?\n");
        return 2;
    }
    struct arena *arena = arena_new();
    PGconn *pg = admin_connect(config);
    int64_t confirmed = 0;
    const char *version[2] = {option(count, arguments, "version", "sample-1")};
    version[1] = option(count, arguments, "name", version[0]);
    bool said =
        str_to_int(str_of(option(count, arguments, "confirm-withdrawals", "0")), &confirmed);
    if (!said)
        fprintf(stderr, "maatwerk: --confirm-withdrawals needs a number\n");
    bool done = pg && said && import_taxonomy(pg, arena, arguments[0], version, confirmed);
    PGresult *row =
        done ? must_run(pg,
                        "select (select count(*) from ref.occupation where status = 'released'), "
                        "(select count(*) from ref.competence where status = 'released'), "
                        "(select count(*) from ref.occupation_competence)",
                        0, NULL)
             : NULL;
    if (row)
        printf("taxonomy %s: %s occupations, %s competences, %s relations\n", version[0],
               PQgetvalue(row, 0, 0), PQgetvalue(row, 0, 1), PQgetvalue(row, 0, 2));
    PQclear(row);
    PQfinish(pg);
    arena_free(arena);
    return done ? 0 : 1;
}

/* A table of one file: it is loaded, checked, and then stored by one statement. */
struct table {
    const char *word;
    const char *made; /* the table that the file is loaded into */
    const char *store;
    const char *after; /* what is done with the rest; NULL: nothing */
    struct load load;
};

static int import_table(const struct config *config, int count, char **arguments,
                        const struct table *table)
{
    if (count < 1) {
        fprintf(stderr, "maatwerk: which file?\n");
        return 2;
    }
    PGconn *pg = admin_connect(config);
    PGresult *stored = NULL;
    bool done = pg && must_do(pg, "begin") && must_do(pg, table->made)
                && load_file(pg, arguments[0], &table->load)
                && (stored = must_run(pg, table->store, 0, NULL))
                && (!table->after || must_do(pg, table->after)) && must_do(pg, "commit");
    if (done)
        printf("%s: %s new or changed\n", table->word, PQcmdTuples(stored));
    PQclear(stored);
    PQfinish(pg);
    return done ? 0 : 1;
}

/* Borders of the coordinates: those of the national grid (RD New, EPSG:28992). */
static const struct table places = {
    "places",
    "create temp table load_place (postcode4 text, place text, municipality text, x int, y int, row int)",
    "insert into ref.place as p (postcode4, place, municipality, x, y) "
    "select postcode4, place, municipality, x, y from load_place "
    "on conflict (postcode4) do update set place = excluded.place, municipality = excluded.municipality, "
    "x = excluded.x, y = excluded.y where (p.place, p.municipality, p.x, p.y) "
    "is distinct from (excluded.place, excluded.municipality, excluded.x, excluded.y)",
    NULL,
    {"load_place",
     "postcode4, place, municipality, x, y",
     "postcode4",
     {COLUMN("postcode4", .min = 4, .max = 4, .pattern = postcode), COLUMN("place", LABEL),
      COLUMN("municipality", LABEL), COLUMN("x", .type = FIELD_INT, .min = -7000, .max = 300000),
      COLUMN("y", .type = FIELD_INT, .min = 289000, .max = 629000)}}};

int command_import_places(const struct config *config, int count, char **arguments)
{
    return import_table(config, count, arguments, &places);
}

/* A list has all neighbourhoods of the municipalities that it names. */
static const struct table neighbourhoods = {
    "neighbourhoods",
    "create temp table load_neighbourhood (code text, name text, district text, row int)",
    "insert into ref.neighbourhood as n (code, name, district) "
    "select code, name, district from load_neighbourhood "
    "on conflict (code) do update set name = excluded.name, district = excluded.district, "
    "status = 'current' where (n.name, n.district, n.status) "
    "is distinct from (excluded.name, excluded.district, 'current')",
    "update ref.neighbourhood n set status = 'withdrawn' where n.status = 'current' "
    "and n.municipality in (select 'gm' || substr(l.code, 3, 4) from load_neighbourhood l) "
    "and not exists (select from load_neighbourhood l where l.code = n.code)",
    {"load_neighbourhood",
     "code, name, district",
     "code",
     {COLUMN("code", .min = 10, .max = 10, .pattern = neighbourhood),
      COLUMN("name", NAME),
      {.field = {.name = "district", .max = NAME_MAX_LEN}}}}};

int command_import_neighbourhoods(const struct config *config, int count, char **arguments)
{
    return import_table(config, count, arguments, &neighbourhoods);
}
