/* SPDX-License-Identifier: EUPL-1.2 */
/* Whether every program on the way finds the same request in the same bytes (RFC 9112). A
 * program that reads them differently can be made to take the body of one request for the next
 * request. */
#ifndef MAATWERK_HTTP_FRAMING_H
#define MAATWERK_HTTP_FRAMING_H

#include "lib/base/str.h"

/* `head` has the bytes of an HTTP/1 request, from its request line on; bytes after the empty
 * line are ignored. Returns false when the request states the length of its body more than once
 * (section 6.3), when it has more than one Host header, or none in HTTP/1.1 (section 3.2), or
 * when a header line continues on the next line (section 5.2). */
bool framing_is_clear(struct str head);

#endif
