/* SPDX-License-Identifier: EUPL-1.2 */
/* The last step of every answer of this program. */
#ifndef MAATWERK_SERVER_ANSWER_H
#define MAATWERK_SERVER_ANSWER_H

#include <h2o.h>

#include "lib/base/str.h"

/* Adds the headers that every answer has, and sends it. The body is copied. `type` is the media
 * type, NULL when there is no content. A HEAD request gets the length and no body. */
void answer_send(h2o_req_t *req, int status, const char *type, struct str body);

/* The same with status 200, for a body that lives as long as the program: it is not copied, so that
 * a client that reads slowly costs no memory but its connection. */
void answer_share(h2o_req_t *req, const char *type, struct str body);

#endif
