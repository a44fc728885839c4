/* SPDX-License-Identifier: EUPL-1.2 */
/* Comparing, cutting, reading and printing numbers. */
#include "lib/base/str.h"

int str_compare(struct str a, struct str b)
{
    size_t shared = a.len < b.len ? a.len : b.len;
    int order = shared ? memcmp(a.at, b.at, shared) : 0;
    if (order != 0)
        return order;
    return (a.len > b.len) - (a.len < b.len);
}

struct str str_cut(struct str *rest, char separator)
{
    struct str all = *rest;
    const char *hit = all.len ? memchr(all.at, separator, all.len) : NULL;
    if (!hit) {
        *rest = (struct str){NULL, 0};
        return all;
    }
    size_t before = (size_t)(hit - all.at);
    *rest = (struct str){hit + 1, all.len - before - 1};
    return (struct str){all.at, before};
}

struct str str_clip(struct str s, size_t most)
{
    if (s.len <= most)
        return s;
    while (most && ((unsigned char)s.at[most] & 0xc0) == 0x80)
        most--;
    return (struct str){s.at, most};
}

/* The two halves of the product, over each other: every bit of both has its say. */
static uint64_t fold(uint64_t a, uint64_t b)
{
    unsigned __int128 product = (unsigned __int128)a * b;
    return (uint64_t)product ^ (uint64_t)(product >> 64);
}

uint64_t str_hash(struct str s)
{
    const uint64_t one = 0xa0761d6478bd642fu, two = 0xe7037ed1a0b428dbu;
    uint64_t hash = s.len ^ two, words[2] = {0};
    size_t at = 0;
    for (; s.len - at >= sizeof words; at += sizeof words) {
        memcpy(words, s.at + at, sizeof words);
        hash = fold(words[0] ^ one, words[1] ^ hash);
    }
    words[0] = words[1] = 0;
    if (at < s.len)
        memcpy(words, s.at + at, s.len - at);
    return fold(words[0] ^ one, words[1] ^ hash);
}

struct str str_trim(struct str s)
{
    while (s.len && (s.at[0] == ' ' || s.at[0] == '\t'))
        s = (struct str){s.at + 1, s.len - 1};
    while (s.len && (s.at[s.len - 1] == ' ' || s.at[s.len - 1] == '\t'))
        s.len--;
    return s;
}

struct str int_print(int64_t value, char text[INT_TEXT_LEN])
{
    char *end = &text[INT_TEXT_LEN - 1], *at = end;
    uint64_t rest = value < 0 ? 0 - (uint64_t)value : (uint64_t)value;
    *end = '\0';
    do {
        *--at = (char)('0' + rest % 10);
        rest /= 10;
    } while (rest);
    if (value < 0)
        *--at = '-';
    return (struct str){at, (size_t)(end - at)};
}

bool str_to_int(struct str s, int64_t *ret)
{
    bool negative = s.len && s.at[0] == '-';
    struct str digits = negative ? str_from(s, 1) : s;
    if (digits.len == 0 || (digits.at[0] == '0' && (digits.len > 1 || negative)))
        return false;
    int64_t value = 0;
    for (size_t i = 0; i < digits.len; i++) {
        unsigned digit = (unsigned char)digits.at[i] - (unsigned)'0';
        if (digit > 9 || __builtin_mul_overflow(value, 10, &value))
            return false;
        int64_t step = negative ? -(int64_t)digit : (int64_t)digit;
        if (__builtin_add_overflow(value, step, &value))
            return false;
    }
    *ret = value;
    return true;
}
