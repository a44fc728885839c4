/* SPDX-License-Identifier: EUPL-1.2 */
/* Headers of requests and of answers. */
#ifndef MAATWERK_SERVER_HEADER_H
#define MAATWERK_SERVER_HEADER_H

#include <h2o.h>

#include "lib/base/arena.h"

/* The value of a header of the request, or absent; `name` is in lower case. When the header is
 * there more than once, the last value. *ret_count, unless NULL, says how often it is there. */
struct str header_find(const h2o_req_t *req, const char *name, size_t *ret_count);

/* The values of all lines of a header, joined by commas into one list (RFC 9110 section 5.3).
 * Absent when there is no such header. The text lives in the request or in the arena. */
struct str header_join(const h2o_req_t *req, const char *name, struct arena *arena);

/* Adds a header to the answer. `name` is a literal in lower case; the value is copied. */
void header_add(h2o_req_t *req, const char *name, struct str value);

#endif
