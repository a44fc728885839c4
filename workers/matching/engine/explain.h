/* SPDX-License-Identifier: EUPL-1.2 */
/* Explains why a person is in a ranking, as JSON. The same input gives the same bytes.
 *
 * {"contributions":[{"code":"must","label":"…","number":31,"points":800,"of":1200}],
 * "hard":[{"condition":"forklift","result":"yes"}],
 * "missing":[{"code":"competence","label":"…","points":400}]}
 *
 * The points of the contributions sum to the score. The names of competences (labels) and
 * conditions (codes) are left out when there are none. `missing` has each competence that did
 * not bring all of its points, with the points not earned, and each soft condition known not to
 * be met, with 0 points. `number` is that of the competence or occupation; `value` and `limit` are what
 * was measured (struct contribution). The contract calls it Explanation, and app.shortlist_told() says
 * it in words. */
#ifndef MAATWERK_MATCHING_EXPLAIN_H
#define MAATWERK_MATCHING_EXPLAIN_H

#include "lib/base/buf.h"
#include "workers/matching/engine/rank.h"

/* The names of conditions and competences, which the engine knows by number. An absent str means
 * that there is no name. */
struct explain_names {
    struct str (*condition)(void *data, int bit);
    struct str (*competence)(void *data, uint32_t number);
    void *data;
};

/* Adds the explanation of one item to `buf`. */
void explain_item(struct buf *buf, const struct ranked *item, const struct explain_names *names);

#endif
