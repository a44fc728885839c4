/* SPDX-License-Identifier: EUPL-1.2 */
/* The protocol of jobs whose effect is in PostgreSQL, as a whole. */
#ifndef MAATWERK_MODEL_ROW_PROTOCOL_H
#define MAATWERK_MODEL_ROW_PROTOCOL_H

#include "tests/model/row.h"

/* Explores what row_bounds says. */
extern const struct protocol row_protocol;

#endif
