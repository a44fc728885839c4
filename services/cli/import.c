/* SPDX-License-Identifier: EUPL-1.2 */
/* Loads reference data: taxonomies in the CSV layout of ESCO, and postcode areas. An entry that
 * is loaded again keeps its id. An entry that is no longer in the files is withdrawn, never
 * deleted. */
#include "services/cli/import.h"

#include <openssl/evp.h>
#include <stdio.h>
#include <unistd.h>

#include "lib/base/buf.h"
#include "lib/base/uuid.h"
#include "services/cli/command.h"
#include "services/cli/csv.h"

/* The UUIDv5 (RFC 9562 section 5.5) of a URI: the same at every import. */
static struct str id_of_uri(struct arena *arena, struct str uri)
{
    static const unsigned char url_space[16] = {0x6b, 0xa7, 0xb8, 0x11, 0x9d, 0xad, 0x11, 0xd1,
                                                0x80, 0xb4, 0x00, 0xc0, 0x4f, 0xd4, 0x30, 0xc8};
    unsigned char digest[EVP_MAX_MD_SIZE];
    struct buf text = buf_in(arena);
    struct uuid id;
    char printed[UUID_TEXT_LEN + 1];
    buf_add(&text, (struct str){(const char *)url_space, 16});
    buf_add(&text, uri);
    struct str whole = buf_str(&text);
    EVP_Digest(whole.at, whole.len, digest, NULL, EVP_sha1(), NULL);
    memcpy(id.bytes, digest, 16);
    id.bytes[6] = (unsigned char)((id.bytes[6] & 0x0f) | 0x50);
    id.bytes[8] = (unsigned char)((id.bytes[8] & 0x3f) | 0x80);
    return arena_copy(arena, uuid_print(id, printed));
}

/* Adds the value in PostgreSQL's text format of COPY. */
static void add_copy_value(struct buf *line, struct str value)
{
    for (size_t i = 0; i < value.len; i++)
        switch (value.at[i]) {
        case '\\': buf_add(line, S("\\\\")); break;
        case '\t': buf_add(line, S("\\t")); break;
        case '\n': buf_add(line, S("\\n")); break;
        case '\r': buf_add(line, S("\\r")); break;
        default: buf_add_char(line, value.at[i]);
        }
}

struct load {
    const char *table;      /* of the COPY: "load_occupation (uri, …)" */
    const char *columns[6]; /* of the file, in that order; "#uri" is the id made of column uri */
};

static bool add_cell(struct buf *line, struct arena *arena, const struct csv *csv,
                     const struct str *row, const char *column)
{
    bool hashed = column[0] == '#';
    int number;
    if (!csv_column(csv, hashed ? column + 1 : column, &number)) {
        fprintf(stderr, "maatwerk: no column %s\n", column);
        return false;
    }
    add_copy_value(line, hashed ? id_of_uri(arena, row[number]) : row[number]);
    return true;
}

static bool copy_rows(PGconn *pg, struct csv *csv, const struct load *load)
{
    struct arena *arena = arena_new();
    struct str row[CSV_COLUMNS_MAX];
    bool fits = true;
    while (fits && csv_next(csv, row)) {
        struct buf line = buf_in(arena);
        for (int i = 0; load->columns[i] && fits; i++) {
            if (i)
                buf_add_char(&line, '\t');
            fits = add_cell(&line, arena, csv, row, load->columns[i]);
        }
        buf_add_char(&line, '\n');
        struct str text = buf_str(&line);
        fits = fits && PQputCopyData(pg, text.at, (int)text.len) == 1;
        arena_reset(arena);
    }
    arena_free(arena);
    return fits;
}

static bool load_file(PGconn *pg, const char *path, const struct load *load)
{
    char sql[200];
    struct csv *csv = csv_open(path);
    if (!csv)
        return false;
    snprintf(sql, sizeof sql, "copy %s from stdin", load->table);
    bool done = must_do(pg, sql) && copy_rows(pg, csv, load) && PQputCopyEnd(pg, NULL) == 1;
    PGresult *result;
    while ((result = PQgetResult(pg))) {
        if (PQresultStatus(result) != PGRES_COMMAND_OK) {
            fprintf(stderr, "maatwerk: %s: %s", path, PQresultErrorMessage(result));
            done = false;
        }
        PQclear(result);
    }
    csv_close(csv);
    return done;
}

/* The file "DIR/name_en.csv", or "DIR/name_en.csv.gz" when it does not exist. */
static struct str find_file(struct arena *arena, const char *folder, const char *name)
{
    struct str plain = arena_print(arena, "%s/%s_en.csv", folder, name);
    return access(plain.at, R_OK) == 0 ? plain : arena_print(arena, "%s.gz", plain.at);
}

static const char tables[] =
    "create temp table load_occupation (id uuid, uri text, isco text, label text, status text);"
    "create temp table load_competence (id uuid, uri text, kind text, label text, status text);"
    "create temp table load_relation (occupation uuid, kind text, competence uuid);";

static const char store[] =
    "insert into ref.taxonomy (version, name, imported_at) values ($1, $2, clock.now()) "
    "on conflict (version) do update set name = $2";

static const char merge[] =
    "update ref.taxonomy set current = false where current;"
    "update ref.taxonomy set current = true where version = current_setting('maatwerk.taxonomy');"
    "insert into ref.occupation (id, uri, isco, label, label_search, status, taxonomy) "
    "select distinct on (id) id, uri, isco, label, lower(label), status, current_setting('maatwerk.taxonomy') "
    "from load_occupation on conflict (id) do update set isco = excluded.isco, label = excluded.label, "
    "label_search = excluded.label_search, status = excluded.status, taxonomy = excluded.taxonomy;"
    "insert into ref.competence (id, uri, kind, label, label_search, status, taxonomy) "
    "select distinct on (id) id, uri, case when kind in ('knowledge', 'attitude', 'language') then kind "
    "when kind like 'attitude%' then 'attitude' when kind like 'language%' then 'language' else 'skill' end, "
    "label, lower(label), status, current_setting('maatwerk.taxonomy') from load_competence "
    "on conflict (id) do update set kind = excluded.kind, label = excluded.label, "
    "label_search = excluded.label_search, status = excluded.status, taxonomy = excluded.taxonomy;"
    "update ref.occupation set status = 'withdrawn' where taxonomy <> current_setting('maatwerk.taxonomy');"
    "update ref.competence set status = 'withdrawn' where taxonomy <> current_setting('maatwerk.taxonomy');"
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

static bool import_taxonomy(PGconn *pg, struct arena *arena, const char *folder,
                            const char *version, const char *name)
{
    static const struct load occupations = {"load_occupation (id, uri, isco, label, status)",
                                            {"#conceptUri", "conceptUri", "iscoGroup",
                                             "preferredLabel", "status"}};
    static const struct load competences = {"load_competence (id, uri, kind, label, status)",
                                            {"#conceptUri", "conceptUri", "skillType",
                                             "preferredLabel", "status"}};
    static const struct load relations = {"load_relation (occupation, kind, competence)",
                                          {"#occupationUri", "relationType", "#skillUri"}};
    const char *values[] = {version, name};
    PGresult *noted = NULL;
    bool done =
        must_do(pg, "begin") && must_do(pg, tables)
        && load_file(pg, find_file(arena, folder, "occupations").at, &occupations)
        && load_file(pg, find_file(arena, folder, "skills").at, &competences)
        && load_file(pg, find_file(arena, folder, "occupationSkillRelations").at, &relations)
        && (noted = must_run(pg, store, 2, values));
    PQclear(noted);
    noted =
        done ? must_run(pg, "select set_config('maatwerk.taxonomy', $1, true)", 1, values) : NULL;
    PQclear(noted);
    return done && noted && must_do(pg, "analyze load_relation") && must_do(pg, merge)
           && must_do(pg, "commit")
           && must_do(pg, "analyze ref.occupation, ref.competence, ref.occupation_competence");
}

int command_import_taxonomy(const struct config *config, int count, char **arguments)
{
    if (count < 1) {
        fprintf(stderr, "maatwerk: which folder?\n");
        return 2;
    }
    struct arena *arena = arena_new();
    PGconn *pg = admin_connect(config);
    const char *version = option(count, arguments, "version", "sample-1");
    bool done = pg
                && import_taxonomy(pg, arena, arguments[0], version,
                                   option(count, arguments, "name", version));
    PGresult *row =
        done ? must_run(pg,
                        "select (select count(*) from ref.occupation where status = 'released'), "
                        "(select count(*) from ref.competence where status = 'released'), "
                        "(select count(*) from ref.occupation_competence)",
                        0, NULL)
             : NULL;
    if (row)
        printf("taxonomy %s: %s occupations, %s competences, %s relations\n", version,
               PQgetvalue(row, 0, 0), PQgetvalue(row, 0, 1), PQgetvalue(row, 0, 2));
    PQclear(row);
    PQfinish(pg);
    arena_free(arena);
    return done ? 0 : 1;
}

int command_import_places(const struct config *config, int count, char **arguments)
{
    static const struct load places = {"load_place (postcode4, place, municipality, x, y)",
                                       {"postcode4", "place", "municipality", "x", "y"}};
    if (count < 1) {
        fprintf(stderr, "maatwerk: which file?\n");
        return 2;
    }
    PGconn *pg = admin_connect(config);
    bool done =
        pg && must_do(pg, "begin") && must_do(pg, "create temp table load_place (like ref.place)")
        && load_file(pg, arguments[0], &places)
        && must_do(
            pg,
            "insert into ref.place select * from load_place on conflict (postcode4) do update set "
            "place = excluded.place, municipality = excluded.municipality, x = excluded.x, "
            "y = excluded.y; commit");
    PQfinish(pg);
    return done ? 0 : 1;
}
