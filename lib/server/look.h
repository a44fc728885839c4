/* SPDX-License-Identifier: EUPL-1.2 */
/* The processing log: whose data an answer shows is noted before the answer leaves.
 *
 *   rows of a statement that says `whose` ─► waits ─► end of this turn, or of the note under way:
 *                                                     one statement for all that wait ─► answers
 *
 * So an answer that a client got is in the log, whatever is killed; an answer that cannot be noted is
 * not given (503). The requests of a group are noted together. */
#ifndef MAATWERK_SERVER_LOOK_H
#define MAATWERK_SERVER_LOOK_H

#include "lib/server/exchange.h"

/* The log of one service on one loop; never NULL. looks_free() only after the pools of the loop. */
struct looks *looks_new(struct loop *loop, size_t service);
void looks_free(struct looks *looks);

/* Notes whose data the rows of the plan show, and then calls finish(exchange, noted). Returns false,
 * and calls nothing, when they show nobody's. */
bool look_note(struct exchange *exchange, void (*finish)(struct exchange *exchange, bool noted));

#endif
