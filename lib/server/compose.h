/* SPDX-License-Identifier: EUPL-1.2 */
/* The statement of a list, composed for one request. */
#ifndef MAATWERK_SERVER_COMPOSE_H
#define MAATWERK_SERVER_COMPOSE_H

#include "lib/server/exchange.h"

/* Turns each list of the plan into the variant that exchange->request and exchange->page ask for: its
 * filters, sort, cursor and limit. When a count is asked for, adds the statement that counts at the start
 * of the plan; exchange->page.count becomes that statement. */
void compose_list(struct exchange *exchange, struct plan *plan);

#endif
