/* SPDX-License-Identifier: EUPL-1.2 */
/* sql/programs.tsv: the one list of programs. */
#ifndef MAATWERK_CLI_PROGRAMS_H
#define MAATWERK_CLI_PROGRAMS_H

#include <stdbool.h>

#include "lib/base/arena.h"
#include "lib/base/str.h"

struct program {
    struct str name; /* "employers": also the login role maatwerk_employers */
    struct str kind; /* "service", "worker", "dispatcher" or "tool" */
};

struct programs {
    struct program *list;
    size_t count;
};

/* Reads the list into the arena. Returns false, with a message on stderr, when the file cannot be
 * read, or when a line is not a name and a kind. */
bool programs_read(struct arena *arena, struct programs *ret_programs);

#endif
