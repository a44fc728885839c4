/* SPDX-License-Identifier: EUPL-1.2 */
/* Documents that are served as they are: the contract and the docs page. */
#ifndef MAATWERK_SERVER_DOCUMENTS_H
#define MAATWERK_SERVER_DOCUMENTS_H

#include <h2o.h>

/* Answers /v1/openapi.json and /v1/openapi.yaml, without login and for every origin. Returns 0,
 * or -1 as h2o wants it: the next handler must answer. */
int documents_handle(h2o_handler_t *self, h2o_req_t *req);

/* Serves /docs/…: the files of this folder, with a content security policy of their own. */
void documents_register_docs(h2o_hostconf_t *host, const char *folder);

#endif
