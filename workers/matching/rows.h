/* SPDX-License-Identifier: EUPL-1.2 */
/* Rows of the database as what the engine works with. */
#ifndef MAATWERK_MATCHING_ROWS_H
#define MAATWERK_MATCHING_ROWS_H

#include <libpq-fe.h>

#include "lib/base/arena.h"
#include "workers/matching/engine/demand.h"
#include "workers/matching/engine/population.h"

/* A row of copy_candidates. Lists live in the arena. */
struct person person_of_row(struct arena *arena, const PGresult *rows, int row);

/* What is known of conditions, with what a language level says of the levels below and above it:
 * who has B1 has A2 too; who has not A2 has not B1. What was asked and answered wins from what
 * follows from a language. */
struct answers {
    uint64_t have, known;
};
struct answers answers_complete(struct answers answered, const char *languages);

/* A row of demand_of_vacancy, with what the worker needs beside the engine. Lists live
 * in the arena. */
struct opening {
    struct demand demand;
    struct str id;
    bool open, unlisted; /* unlisted: it is open and has no shortlist yet */
    int64_t match_input;
};
struct opening opening_of_row(struct arena *arena, const PGresult *rows, int row);

#endif
