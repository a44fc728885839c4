/* SPDX-License-Identifier: EUPL-1.2 */
/* The rules of a vacancy that one value alone cannot break. Pure. */
#ifndef MAATWERK_EMPLOYERS_VACANCY_H
#define MAATWERK_EMPLOYERS_VACANCY_H

#include "services/employers/gen/contract.h"

/* Through whom a vacancy came, for the role (one bit) of the reporter: a value
 * of vacancy.source. */
struct str vacancy_source(uint32_t role);

/* Checks that hours and dates are in order and that no competence or condition is named
 * twice; notes every fault. Values that a change leaves out are not looked at: the database
 * holds both then. */
enum err vacancy_check(struct ctx *ctx, const struct vacancy_new *vacancy) MUST_CHECK;
enum err vacancy_change_check(struct ctx *ctx, const struct vacancy_change *change) MUST_CHECK;

#endif
