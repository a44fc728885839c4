/* SPDX-License-Identifier: EUPL-1.2 */
/* The dispatchers. */
#ifndef MAATWERK_MODEL_ROW_LEADER_H
#define MAATWERK_MODEL_ROW_LEADER_H

#include "tests/model/row.h"

/* The steps of dispatcher l. */
void row_lead(struct explorer *explorer, const struct row *row, int l);

/* A dispatcher removes the entries of this owner, and counts its death where deaths are counted. Returns the
 * jobs of those entries. */
unsigned row_reap(struct row *row, int l, int owner);

#endif
