/* SPDX-License-Identifier: EUPL-1.2 */
/* The management port, for the operator of an installation. */
#ifndef MAATWERK_SERVER_MANAGEMENT_H
#define MAATWERK_SERVER_MANAGEMENT_H

#include <h2o.h>

/* Answers /healthz/live, /healthz/ready and /metrics. Returns 0: it answers every request. */
int management_handle(h2o_handler_t *self, h2o_req_t *req);

#endif
