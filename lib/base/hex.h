/* SPDX-License-Identifier: EUPL-1.2 */
/* Bytes as hexadecimal text. */
#ifndef MAATWERK_BASE_HEX_H
#define MAATWERK_BASE_HEX_H

#include "lib/base/buf.h"
#include "lib/base/err.h"

/* Reads exactly 2 * `count` digits, in either case. Returns false, with bytes[] partly written,
 * when `text` is anything else. */
bool hex_read(struct str text, unsigned char *bytes, size_t count) MUST_CHECK;

/* Adds `count` bytes in lower case. */
void hex_add(struct buf *out, const unsigned char *bytes, size_t count);

#endif
