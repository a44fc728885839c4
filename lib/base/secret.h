/* SPDX-License-Identifier: EUPL-1.2 */
/* Short secrets that are kept in files, one for each program. */
#ifndef MAATWERK_BASE_SECRET_H
#define MAATWERK_BASE_SECRET_H

#include <stdbool.h>

#include "lib/base/err.h"

enum { SECRET_ROOM = 129 };

/* Reads the secret of a program from this folder, as text without a line break. Returns false when
 * there is none. The caller erases it with explicit_bzero() when it was used. */
bool secret_read(const char *folder, const char *program, char into[SECRET_ROOM]) MUST_CHECK;

#endif
