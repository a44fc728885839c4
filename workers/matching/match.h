/* SPDX-License-Identifier: EUPL-1.2 */
/* The jobs of the matching worker. The worker stores explained lists and decides nothing: a
 * consultant proposes. */
#ifndef MAATWERK_MATCHING_MATCH_H
#define MAATWERK_MATCHING_MATCH_H

#include "lib/queue/worker.h"

#define MATCH_RULES "match-2"

/* match_vacancy {vacancy}: stores the list of a vacancy, once per input version. An open vacancy
 * becomes shortlisted. */
enum job_end match_vacancy(struct work *work);

/* match_candidate {candidate}: asks for new lists for the vacancies that are touched by a
 * changed candidate. */
enum job_end match_candidate(struct work *work);

/* count_supply {vacancy}: stores how many candidates meet all hard requirements, and how many
 * would when one of them were dropped. */
enum job_end count_supply(struct work *work);

#endif
