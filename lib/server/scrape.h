/* SPDX-License-Identifier: EUPL-1.2 */
/* The answer to Prometheus. */
#ifndef MAATWERK_SERVER_SCRAPE_H
#define MAATWERK_SERVER_SCRAPE_H

#include <h2o.h>

/* Answers, now or later, with the figures of this process. Where the platform service runs, the
 * figures of the queue are added, at most a few seconds old; they are left out while the
 * database cannot be reached. */
void scrape_answer(h2o_req_t *req);

#endif
