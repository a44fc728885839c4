/* SPDX-License-Identifier: EUPL-1.2 */
/* Tells the dispatcher that there may be work: a hint through Redis, never more. Lost hints cost
 * latency, no work: the dispatcher also looks by itself. One connection per loop; errors are
 * ignored and it is opened again. */
#ifndef MAATWERK_SERVER_WAKE_H
#define MAATWERK_SERVER_WAKE_H

#include <h2o.h>

struct wake;

/* `address` as MAATWERK_REDIS. Connects when first used. */
struct wake *wake_new(h2o_loop_t *loop, const char *address);

void wake_send(struct wake *wake);

void wake_free(struct wake *wake);

#endif
