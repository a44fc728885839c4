/* SPDX-License-Identifier: EUPL-1.2 */
/* Finding a kind by its name. */
#include "lib/queue/kind.h"

const struct job_kind *kind_find(const struct worker *worker, const char *kind)
{
    for (size_t i = 0; i < worker->kinds_count; i++)
        if (strcmp(worker->kinds[i].kind, kind) == 0)
            return &worker->kinds[i];
    return NULL;
}
