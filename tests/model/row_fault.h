/* SPDX-License-Identifier: EUPL-1.2 */
/* The faults. */
#ifndef MAATWERK_MODEL_ROW_FAULT_H
#define MAATWERK_MODEL_ROW_FAULT_H

#include "tests/model/row.h"

/* Every fault that can happen now. */
void row_faults(struct explorer *explorer, const struct row *row);

#endif
