/* SPDX-License-Identifier: EUPL-1.2 */
/* Six bits per character. */
#include "lib/auth/base64url.h"

static const char alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

struct str base64url_encode(struct arena *arena, struct str bytes)
{
    char *text = arena_alloc(arena, bytes.len * 4 / 3 + 4);
    size_t length = 0;
    uint32_t bits = 0;
    int count = 0;
    for (size_t i = 0; i < bytes.len; i++) {
        bits = bits << 8 | (unsigned char)bytes.at[i];
        for (count += 8; count >= 6; count -= 6)
            text[length++] = alphabet[bits >> (count - 6) & 63];
    }
    if (count)
        text[length++] = alphabet[bits << (6 - count) & 63];
    return (struct str){text, length};
}

/* The place of `c` in the alphabet; its length when `c` is not in it. */
static uint32_t value_of(char c)
{
    if (c >= 'A' && c <= 'Z')
        return (uint32_t)(c - 'A');
    if (c >= 'a' && c <= 'z')
        return (uint32_t)(c - 'a') + 26;
    if (c >= '0' && c <= '9')
        return (uint32_t)(c - '0') + 52;
    if (c == '-')
        return 62;
    return c == '_' ? 63 : 64;
}

struct str base64url_decode(struct arena *arena, struct str text)
{
    char *bytes = arena_alloc(arena, text.len * 3 / 4 + 2);
    size_t length = 0;
    uint32_t bits = 0;
    int count = 0;
    for (size_t i = 0; i < text.len; i++) {
        uint32_t value = value_of(text.at[i]);
        if (value > 63)
            return (struct str){0};
        bits = bits << 6 | value;
        count += 6;
        if (count >= 8) {
            count -= 8;
            bytes[length++] = (char)(bits >> count);
        }
    }
    bool rest_is_zero = (bits & ((1u << count) - 1)) == 0;
    return text.len % 4 != 1 && rest_is_zero ? (struct str){bytes, length} : (struct str){0};
}
