/* SPDX-License-Identifier: EUPL-1.2 */
/* A call that was refused goes into the audit, beside its answer and in a transaction of its own. */
#ifndef MAATWERK_SERVER_DENIAL_H
#define MAATWERK_SERVER_DENIAL_H

#include "lib/server/exchange.h"

/* Notes who was refused which operation. `reason` is the code of the problem; it lives for ever. */
void denial_note(const struct exchange *exchange, struct str reason);

#endif
