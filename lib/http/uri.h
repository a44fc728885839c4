/* SPDX-License-Identifier: EUPL-1.2 */
/* The target of a request: path segments and query parameters, decoded strictly. */
#ifndef MAATWERK_HTTP_URI_H
#define MAATWERK_HTTP_URI_H

#include "lib/base/buf.h"
#include "lib/base/ctx.h"
#include "lib/base/limits.h"

struct uri_parameter {
    struct str name, value;
};

struct uri {
    struct str segments[LIMIT_SEGMENTS]; /* "/v1/vacancies/x" gives v1, vacancies, x */
    size_t segments_count;
    struct uri_parameter parameters[LIMIT_PARAMETERS];
    size_t parameters_count;
};

/* Reads origin-form `target` (RFC 9112 section 3.2.1). All texts end with a NUL. ERR_NOT_FOUND when
 * the path cannot be one of ours: empty, dot or too many segments, an encoded slash or NUL.
 * ERR_INVALID with a fault for a query with a bad escape, a control character, invalid UTF-8, the
 * same name twice, or too many parameters. */
enum err uri_read(struct ctx *ctx, struct str target, struct uri *ret) MUST_CHECK;

/* Undoes percent-encoding (and + for a space when `plus`); absent when an escape is bad or gives a
 * control character or invalid UTF-8. */
struct str uri_decode(struct arena *arena, struct str text, bool plus);

/* Adds `text` with everything percent-encoded that is not unreserved (RFC 3986 section 2.3). */
void uri_encode(struct buf *out, struct str text);

#endif
