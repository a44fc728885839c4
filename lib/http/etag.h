/* SPDX-License-Identifier: EUPL-1.2 */
/* Entity tags (RFC 9110 section 8.8.3). Our tags are "<version>-<hash of the body>", or
 * "-<hash>" when there is no version. The version shows whether a change was made from the
 * stored version (If-Match). The hash shows whether a client already has the body
 * (If-None-Match). */
#ifndef MAATWERK_HTTP_ETAG_H
#define MAATWERK_HTTP_ETAG_H

#include "lib/base/arena.h"

/* The tag of `body`; `version` is empty or absent when the body has none. */
struct str etag_print(struct arena *arena, struct str version, struct str body);

/* Whether `value` is a list of entity tags or `*` (RFC 9110 section 8.8.3). */
bool etag_is_list(struct str value);

/* Whether If-None-Match names `tag` (with its quotes). The comparison is weak: W/"1" equals "1".
 * `*` names every tag. */
bool etag_is_named(struct str value, struct str tag);

/* The versions that If-Match names, as a multirange of PostgreSQL: {[3,3],[7,7]}; {(,)} for `*`;
 * {} when no tag is one of ours. A tag with only a version is accepted. A weak tag is accepted
 * too: a proxy that compresses makes our tags weak, and they still name the version. `value`
 * must be a list of tags. */
struct str etag_versions(struct arena *arena, struct str value);

/* Whether such a multirange has this version. */
bool etag_has_version(struct str versions, int64_t version);

#endif
