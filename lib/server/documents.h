/* SPDX-License-Identifier: EUPL-1.2 */
/* What is served as it is: the contract, the docs page. And the management port:
 * live, ready, metrics. */
#ifndef MAATWERK_SERVER_DOCUMENTS_H
#define MAATWERK_SERVER_DOCUMENTS_H

#include "lib/server/loop.h"

/* /v1/openapi.json, /v1/openapi.yaml: without login, for every origin. */
int documents_handle(h2o_handler_t *self, h2o_req_t *req);

/* /docs/…: files of MAATWERK_DOCS, with a policy of their own. */
void documents_register_docs(h2o_hostconf_t *host, const char *folder);

/* /healthz/live, /healthz/ready, /metrics: only on the management port. */
int management_handle(h2o_handler_t *self, h2o_req_t *req);

#endif
