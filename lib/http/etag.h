/* SPDX-License-Identifier: EUPL-1.2 */
/* Entity tags (RFC 9110 section 8.8.3). Ours are "<version>-<hash of the body>": the version tells whether
 * a change is made on what is stored now (If-Match), the hash whether a client has what it would be
 * shown (If-None-Match). What has no version has "-<hash>". */
#ifndef MAATWERK_HTTP_ETAG_H
#define MAATWERK_HTTP_ETAG_H

#include "lib/base/arena.h"

/* The tag of `body`; `version` is empty or absent when it has none. */
struct str etag_print(struct arena *arena, struct str version, struct str body);

/* Whether `value` is a list of entity tags or `*` (RFC 9110 section 8.8.3). */
bool etag_is_list(struct str value);

/* Whether If-None-Match names `tag`, which has its quotes: by the weak comparison, so W/"1" is "1".
 * `*` names every tag. */
bool etag_is_named(struct str value, struct str tag);

/* The versions that If-Match names, as a multirange of PostgreSQL: {[3,3],[7,7]}, {(,)} for `*`, {} when
 * no tag is of ours. "<version>" alone will do. A weak tag counts, too: a proxy on the way that
 * compresses makes our tags weak, and they still name the version. `value` is a list of tags. */
struct str etag_versions(struct arena *arena, struct str value);

#endif
