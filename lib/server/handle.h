/* SPDX-License-Identifier: EUPL-1.2 */
/* The entry of every request to the API. */
#ifndef MAATWERK_SERVER_HANDLE_H
#define MAATWERK_SERVER_HANDLE_H

#include <h2o.h>

/* The handler of h2o for everything that documents_handle() does not answer. Returns 0: it
 * answers every request. */
int handle_request(h2o_handler_t *self, h2o_req_t *req);

#endif
