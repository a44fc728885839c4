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

/* Reads a target in origin-form or absolute-form (RFC 9112 section 3.2; the host of the latter is
 * as little looked at as the Host header). A NUL follows every text.
 * ERR_NOT_FOUND when the path cannot be one of our paths: it has an empty segment, a dot
 * segment, too many segments, an encoded slash or a NUL. ERR_INVALID with a fault when the query
 * has a wrong escape, a control character, invalid UTF-8, the same name twice, or too many
 * parameters. */
enum err uri_read(struct ctx *ctx, struct str target, struct uri *ret) MUST_CHECK;

/* Decodes percent-encoding, and + as a space when `plus` is set. Absent when an escape is wrong,
 * or gives a control character or invalid UTF-8. */
struct str uri_decode(struct arena *arena, struct str text, bool plus);

/* Adds `text`; percent-encodes every character that is not unreserved (RFC 3986 section 2.3). */
void uri_encode(struct buf *out, struct str text);

#endif
