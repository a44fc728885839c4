/* SPDX-License-Identifier: EUPL-1.2 */
/* Two digits a byte. */
#include "lib/base/hex.h"

static bool read_digit(char c, unsigned char *byte)
{
    char lower = (char)(c | 0x20);
    if (c >= '0' && c <= '9')
        *byte = (unsigned char)(*byte * 16 + (c - '0'));
    else if (lower >= 'a' && lower <= 'f')
        *byte = (unsigned char)(*byte * 16 + (lower - 'a') + 10);
    else
        return false;
    return true;
}

bool hex_read(struct str text, unsigned char *bytes, size_t count)
{
    if (text.len != 2 * count)
        return false;
    for (size_t i = 0; i < text.len; i++)
        if (!read_digit(text.at[i], &bytes[i / 2]))
            return false;
    return true;
}

void hex_add(struct buf *out, const unsigned char *bytes, size_t count)
{
    static const char digits[] = "0123456789abcdef";
    for (size_t i = 0; i < count; i++) {
        buf_add_char(out, digits[bytes[i] >> 4]);
        buf_add_char(out, digits[bytes[i] & 15]);
    }
}
