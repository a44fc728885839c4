/* SPDX-License-Identifier: EUPL-1.2 */
/* Somebody asks for the metrics. */
#ifndef MAATWERK_SERVER_SCRAPE_H
#define MAATWERK_SERVER_SCRAPE_H

#include "lib/server/loop.h"

/* Answers with what this process counts, and, where the platform service runs, with those of the queue:
 * at most a few seconds old. Without the database it answers with its own. */
void scrape(h2o_req_t *req);

#endif
