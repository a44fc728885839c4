/* SPDX-License-Identifier: EUPL-1.2 */
/* The directory of municipalities: from the UUID that tokens carry to the number that the
 * database uses. It has no personal data, and every program may read it. It is replaced as a
 * whole when it changes. */
#ifndef MAATWERK_SERVER_TENANTS_H
#define MAATWERK_SERVER_TENANTS_H

#include "lib/base/err.h"
#include "lib/base/str.h"
#include "lib/db/session.h"

struct tenants;

/* The number of the municipality with this UUID, or 0. `tenants` may be NULL: no municipality is
 * known. */
int32_t tenants_find(const struct tenants *tenants, struct str id);

/* Whether web pages of this origin (RFC 6454 section 6.2) may call the API for the municipality with
 * this number; for any municipality when it is 0. */
bool tenants_allow(const struct tenants *tenants, int32_t number, struct str origin);

/* Reads the directory. *ret
 * becomes the new directory, which is never freed because other threads may be reading it; or
 * `known`, when nothing has changed. Returns false when the database cannot be reached. */
bool tenants_load(struct session *session, const struct tenants *known,
                  const struct tenants **ret) MUST_CHECK;

#endif
