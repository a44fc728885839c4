/* SPDX-License-Identifier: EUPL-1.2 */
/* Whether workers must take jobs from PostgreSQL although Redis answers: the dispatcher is gone or
 * stands still, or Redis refuses what it writes. PostgreSQL knows (queue.unserved()). The children
 * of a supervisor ask together, as rarely as one of them would. */
#ifndef MAATWERK_QUEUE_FALLBACK_H
#define MAATWERK_QUEUE_FALLBACK_H

#include "lib/db/session.h"

struct fallback;

/* New memory that a supervisor shares with its children; never NULL. It lives as long as the
 * process. */
struct fallback *fallback_new(void);

/* What PostgreSQL said last; asks it when that is too long ago. While it cannot be asked, the
 * answer stays as it was. */
bool fallback_is_on(struct fallback *fallback, struct session *db);

#endif
