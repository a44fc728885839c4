/* SPDX-License-Identifier: EUPL-1.2 */
/* From a checked request to its transaction, and from the end of the transaction to the answer. */
#ifndef MAATWERK_SERVER_EXECUTE_H
#define MAATWERK_SERVER_EXECUTE_H

#include "lib/server/exchange.h"

/* Asks the handler of the operation for a plan and runs the plan. Answers the client, now or
 * later; the exchange may be gone when this returns. */
void execute_request(struct exchange *exchange);

#endif
