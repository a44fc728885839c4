/* SPDX-License-Identifier: EUPL-1.2 */
/* What a request asks: its parameters, headers and body. */
#ifndef MAATWERK_SERVER_INPUT_H
#define MAATWERK_SERVER_INPUT_H

#include "lib/http/problem.h"
#include "lib/server/exchange.h"

/* Checks parameters, headers and body against the contract and reads them into
 * exchange->request. Returns NULL, or the problem, with every fault noted in exchange->ctx. */
const struct problem *input_read(struct exchange *exchange) MUST_CHECK;

#endif
