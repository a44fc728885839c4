/* SPDX-License-Identifier: EUPL-1.2 */
/* The jobs of the matching worker. It stores an explained list and decides nothing:
 * a consultant proposes. */
#ifndef MAATWERK_MATCHING_MATCH_H
#define MAATWERK_MATCHING_MATCH_H

#include "lib/queue/worker.h"

#define MATCH_RULES "match-1"

/* match_vacancy {vacancy}: stores the list of a vacancy for its input version, once; an open
 * one is shortlisted. */
enum job_end match_vacancy(struct work *work);

/* match_candidate {candidate}: asks for new lists of the vacancies that a
 * changed candidate touches. */
enum job_end match_candidate(struct work *work);

/* count_supply {vacancy}: how many pass all hard conditions, and how many would without each. */
enum job_end count_supply(struct work *work);

#endif
