/* SPDX-License-Identifier: EUPL-1.2 */
/* The workers. */
#ifndef MAATWERK_MODEL_ROW_WORKER_H
#define MAATWERK_MODEL_ROW_WORKER_H

#include "tests/model/row.h"

/* The steps of worker w. */
void row_work(struct explorer *explorer, const struct row *row, int w);

/* The worker lives on after it began these jobs: what it noted of suspects is taken back. */
void row_survive(struct row *row, int w, unsigned jobs);

/* The worker dies. The jobs that it had locked stay locked until PostgreSQL notices. */
void row_kill(struct row *row, int w);

#endif
