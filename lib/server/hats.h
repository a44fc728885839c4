/* SPDX-License-Identifier: EUPL-1.2 */
/* Reads the hats of the caller, when they are not known or no longer right. */
#ifndef MAATWERK_SERVER_HATS_H
#define MAATWERK_SERVER_HATS_H

#include "lib/server/exchange.h"

/* Reads them in a transaction of its own and then begins the request again, with exchange->go_on. It
 * is done once for a request: nothing of the request was committed yet. */
void hats_ask(struct exchange *exchange);

#endif
