/* SPDX-License-Identifier: EUPL-1.2 */
/* Calls that were refused go into the audit, beside their answers and whatever became of their
 * transactions. Equal refusals become one row with a number; one statement at a time takes what has
 * gathered. So refused calls, however many, take nothing from those that are allowed.
 *
 *   denial_note ─► a place in a list of fixed size ─► at each tick of the loop: one transaction
 *                    └ no place: only counted
 */
#ifndef MAATWERK_SERVER_DENIAL_H
#define MAATWERK_SERVER_DENIAL_H

#include "lib/http/problem.h"
#include "lib/server/exchange.h"

/* The list of one loop; never NULL. It lives as long as the process: other loops read its figures. */
struct denials *denials_new(struct loop *loop);

/* Notes that the caller of `exchange` was refused with `problem`, when that is a denial (`noted` in
 * openapi/problems.yaml, or 404 of an operation that shows people) and the caller is known. `subject`
 * is the identifier of the row that was asked for; when it is no UUID, the resource of the path is
 * noted. */
void denial_note(const struct exchange *exchange, const struct problem *problem,
                 struct str subject);

/* Sends what has gathered, unless what was sent before is still under way. */
void denials_flush(struct denials *denials);

/* Whether everything that was noted is in the audit, or given up. */
bool denials_are_done(const struct denials *denials);

/* How many calls were refused with this problem, and how many of all refusals are not in the audit.
 * May be called on any thread. */
long long denials_count(const struct denials *denials, enum problem_code problem);
long long denials_dropped(const struct denials *denials);

#endif
