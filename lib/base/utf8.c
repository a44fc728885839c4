/* SPDX-License-Identifier: EUPL-1.2 */
/* Characters of one to four bytes. */
#include "lib/base/utf8.h"

/* The length that the first byte of a character announces. */
static size_t announced_length(unsigned char first)
{
    if (first < 0xe0)
        return 2;
    return first < 0xf0 ? 3 : 4;
}

size_t utf8_length(struct str s)
{
    const unsigned char *b = (const unsigned char *)s.at;
    if (s.len == 0)
        return 0;
    if (b[0] < 0x80)
        return 1;
    size_t length = announced_length(b[0]);
    if (b[0] < 0xc2 || b[0] > 0xf4 || s.len < length)
        return 0;
    for (size_t i = 1; i < length; i++)
        if ((b[i] & 0xc0) != 0x80)
            return 0;
    bool overlong = (b[0] == 0xe0 && b[1] < 0xa0) || (b[0] == 0xf0 && b[1] < 0x90);
    bool outside = (b[0] == 0xed && b[1] > 0x9f) || (b[0] == 0xf4 && b[1] > 0x8f);
    return overlong || outside ? 0 : length;
}

bool utf8_is_valid(struct str s)
{
    while (s.len) {
        size_t length = utf8_length(s);
        if (!length)
            return false;
        s = str_from(s, length);
    }
    return true;
}

size_t utf8_count(struct str s)
{
    size_t count = 0;
    for (size_t i = 0; i < s.len; i++)
        count += ((unsigned char)s.at[i] & 0xc0) != 0x80;
    return count;
}
