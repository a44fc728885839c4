/* SPDX-License-Identifier: EUPL-1.2 */
/* The answer of an exchange: sent, counted and logged. */
#ifndef MAATWERK_SERVER_FINISH_H
#define MAATWERK_SERVER_FINISH_H

#include "lib/http/problem.h"
#include "lib/server/exchange.h"

/* Answers with the rows of the plan. The client must still be there (exchange->req). The
 * exchange is gone after this, unless a transaction is under way. */
void finish_with_rows(struct exchange *exchange);

/* Answers with this status and no content; otherwise the same. */
void finish_without_content(struct exchange *exchange, int status);

/* The version of the row that is shown; absent when it has none, or when there is not exactly
 * one row. */
struct str finish_version_of(const PGresult *rows);

/* Answers with a problem; otherwise the same. */
void finish_with_problem(struct exchange *exchange, const struct problem *problem);

#endif
