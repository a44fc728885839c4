/* SPDX-License-Identifier: EUPL-1.2 */
/* A claimed row: five cells, a line each, then the payload. A job that may run has an object as its
 * payload, whose texts can be read. */
#include <stdlib.h>

#include "lib/json/parse.h"
#include "lib/queue/claimed.h"
#include "lib/queue/gen/queries.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { COLUMNS = QUEUE_CLAIM_WAITED_US };

static PGresult *row_of(struct str text)
{
    static char names[COLUMNS][2] = {"0", "1", "2", "3", "4", "5", "6", "7", "8"};
    PGresAttDesc columns[COLUMNS];
    memset(columns, 0, sizeof columns);
    for (int i = 0; i < COLUMNS; i++)
        columns[i].name = names[i];
    PGresult *row = PQmakeEmptyPGresult(NULL, PGRES_TUPLES_OK);
    PQsetResultAttrs(row, COLUMNS, columns);
    for (int i = 0; i < COLUMNS; i++) {
        struct str cell = S("1");
        if (i < QUEUE_CLAIM_PAYLOAD)
            cell = str_cut(&text, '\n');
        else if (i == QUEUE_CLAIM_PAYLOAD)
            cell = text;
        char *copy =
            strndup(cell.at ? cell.at : "", cell.len); /* texts from the database have no NUL */
        PQsetvalue(row, 0, i, copy, (int)strlen(copy));
        free(copy);
    }
    return row;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const struct job_kind kinds[] = {{.kind = "work"}};
    static const struct worker worker = {.name = "test", .kinds = kinds, .kinds_count = 1};
    struct executor executor = {.worker = &worker};
    struct claimed claimed;
    struct arena *arena = arena_new();
    json_start();
    PGresult *row = row_of((struct str){(const char *)data, size});
    enum job_end end = claimed_read(&executor, arena, row, 0, &claimed);
    if (end == JOB_DONE ? !claimed.kind || !cJSON_IsObject(claimed.job.payload)
                        : !claimed.work.error)
        abort();
    struct str found = job_text(&claimed.job, "vacancyId");
    if (found.at && strlen(found.at) != found.len)
        abort();
    PQclear(row);
    arena_free(arena);
    return 0;
}
