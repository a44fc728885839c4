/* SPDX-License-Identifier: EUPL-1.2 */
/* Why somebody stands in a ranking, as JSON. The same input gives the same bytes.
 *
 * {"contributions":[{"code":"must","points":800,"of":1200,"number":31,"label":"…"}],
 *  "hard":[{"condition":3,"label":"…","result":"yes"}],
 *  "missing":[{"code":"competence","number":31,"label":"…","points":400}]}
 *
 * The points of the contributions sum to the score. `number` is left out when there is none;
 * `label` stands where a name was asked for and is null when there is no name. `missing` has each
 * competence that did not bring all of its points, with the points not earned, and each soft
 * condition known not to be met: code "condition", its bit as number, 0 points. */
#ifndef MAATWERK_MATCHING_EXPLAIN_H
#define MAATWERK_MATCHING_EXPLAIN_H

#include "lib/base/buf.h"
#include "workers/matching/engine/rank.h"

/* The names of what the engine knows by number. An absent str: no name. */
struct explain_names {
    struct str (*condition)(void *data, int bit);
    struct str (*competence)(void *data, uint32_t number);
    void *data;
};

/* Adds the explanation of one item to `buf`. */
void explain_item(struct buf *buf, const struct ranked *item, const struct explain_names *names);

#endif
