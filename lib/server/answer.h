/* SPDX-License-Identifier: EUPL-1.2 */
/* The last step of every answer, whoever makes it. */
#ifndef MAATWERK_SERVER_ANSWER_H
#define MAATWERK_SERVER_ANSWER_H

#include <h2o.h>

#include "lib/base/str.h"

/* Adds a header; `name` is a literal in lower case, the value is copied. */
void answer_header(h2o_req_t *req, const char *name, struct str value);

/* Adds the headers that every answer has and sends it; the body is copied. `type` NULL: no content.
 * HEAD gets the length and no body. */
void answer_send(h2o_req_t *req, int status, const char *type, struct str body);

#endif
