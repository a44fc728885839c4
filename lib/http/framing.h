/* SPDX-License-Identifier: EUPL-1.2 */
/* Whether everybody on the way reads the same request in the same bytes (RFC 9112). Who reads them
 * differently can be made to take the body of one request for the next one. */
#ifndef MAATWERK_HTTP_FRAMING_H
#define MAATWERK_HTTP_FRAMING_H

#include "lib/base/str.h"

/* `head`: the bytes of an HTTP/1 request from its request line on; what stands behind the empty
 * line is not looked at. False when it says more than once how long its body is (section 6.3),
 * has more than one Host, or none in HTTP/1.1 (section 3.2), or has a line that goes on in the
 * next one (section 5.2). */
bool framing_is_clear(struct str head);

#endif
