/* SPDX-License-Identifier: EUPL-1.2 */
/* Collecting faults. */
#include "lib/base/fault.h"

void fault_note(struct faults *faults, struct arena *arena, enum fault_place place,
                struct str where, enum fault_code code, struct str limit)
{
    if (!faults->at)
        faults->at = arena_array(arena, LIMIT_FAULTS, sizeof *faults->at);
    if (faults->count < LIMIT_FAULTS)
        faults->at[faults->count] =
            (struct fault){place, arena_copy(arena, str_clip(where, FAULT_WHERE_MAX)), code,
                           arena_copy(arena, limit)};
    faults->count++;
}
