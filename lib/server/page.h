/* SPDX-License-Identifier: EUPL-1.2 */
/* Pages of lists: which page a request asks for, the statement that reads it, and its answer. */
#ifndef MAATWERK_SERVER_PAGE_H
#define MAATWERK_SERVER_PAGE_H

#include "lib/server/exchange.h"

/* Reads the parameters cursor, pageSize, sort and count into exchange->page; notes a fault for each
 * that is wrong. */
void page_read(struct exchange *exchange);

/* The body of the answer, in the arena: "items", "pageSize", "total" when it was asked for, "_links"
 * and "position", from the rows of
 * `statement`. The entity tag is that of `ret_shown`, all but the position: that moves with every
 * transaction, also of what is not on the page. */
struct str page_print(struct exchange *exchange, const struct statement *statement,
                      struct str *ret_shown);

#endif
