/* SPDX-License-Identifier: EUPL-1.2 */
/* What a user may call. */
#ifndef MAATWERK_SERVER_PERMISSIONS_H
#define MAATWERK_SERVER_PERMISSIONS_H

#include "lib/base/ctx.h"

/* The operations that the role and the attributes of the actor allow, as a list in JSON. Whose rows
 * each of them is about is decided when it is called. */
struct str permissions_print(struct arena *arena, const struct actor *actor);

#endif
