/* SPDX-License-Identifier: EUPL-1.2 */
/* The ranges, and who is in them. */
#include "workers/documents/letters.h"

#include <utf8proc.h>

const struct letter_range letter_ranges[] = {
    {0x20, 0x7e},     {0xa0, 0xac},     {0xae, 0x24f},    {0x300, 0x34e},   {0x384, 0x38a},
    {0x38c, 0x38c},   {0x38e, 0x3a1},   {0x3a3, 0x3ce},   {0x400, 0x481},   {0x48a, 0x4ff},
    {0x5d0, 0x5ea},   {0x60c, 0x60c},   {0x61b, 0x61b},   {0x61f, 0x61f},   {0x621, 0x63a},
    {0x640, 0x655},   {0x660, 0x66d},   {0x679, 0x6bf},   {0x6c6, 0x6c8},   {0x6cb, 0x6cc},
    {0x6d5, 0x6d5},   {0x6f0, 0x6f9},   {0x1e00, 0x1ef9}, {0x2010, 0x2015}, {0x2018, 0x2022},
    {0x2026, 0x2026}, {0x2032, 0x2033}, {0x20ac, 0x20ac}, {0x2122, 0x2122}, {0, 0},
};

static bool is_ours(uint32_t letter)
{
    const struct letter_range *range = letter_ranges;
    while (range->to && letter > range->to)
        range++;
    return range->to && letter >= range->from;
}

bool letters_are_ours(struct str text)
{
    while (text.len) {
        utf8proc_int32_t letter;
        utf8proc_ssize_t size = utf8proc_iterate((const utf8proc_uint8_t *)text.at,
                                                 (utf8proc_ssize_t)text.len, &letter);
        if (size <= 0 || (letter != '\n' && !is_ours((uint32_t)letter)))
            return false;
        text = str_from(text, (size_t)size);
    }
    return true;
}
