/* SPDX-License-Identifier: EUPL-1.2 */
/* From rows of the database to the structs of the engine. */
#ifndef MAATWERK_MATCHING_ROWS_H
#define MAATWERK_MATCHING_ROWS_H

#include <libpq-fe.h>

#include "lib/base/arena.h"
#include "workers/matching/engine/demand.h"
#include "workers/matching/engine/population.h"

/* Reads a row of copy_candidates. Its lists live in the arena, its other texts as long as
 * `rows`. */
struct person person_of_row(struct arena *arena, const PGresult *rows, int row);

/* What is known about conditions. A level of a language says something about the levels below
 * and above it: who has B1 also has A2, and who lacks A2 also lacks B1. An answer that was given
 * is preferred over what follows from a level. */
struct answers {
    uint64_t have, known;
};
struct answers answers_complete(struct answers answered, const char *languages);

/* Reads a row of demand_of_vacancy, with values that only the worker needs. Everything lives in
 * the arena. */
struct opening {
    struct demand demand;
    struct str id;
    bool open, unlisted; /* unlisted: it is open and has no shortlist yet */
    int64_t match_input;
};
struct opening opening_of_row(struct arena *arena, const PGresult *rows, int row);

#endif
