/* SPDX-License-Identifier: EUPL-1.2 */
/* A keyed hash of 16 bytes, then sort, direction, filters, key and value, each on a line. */
#include "lib/auth/cursor.h"

#include <openssl/crypto.h>
#include <openssl/hmac.h>

#include "lib/auth/base64url.h"
#include "lib/base/hex.h"

enum { MAC_LEN = 16 };

static void sign(const struct keys *keys, struct str text, unsigned char into[EVP_MAX_MD_SIZE])
{
    HMAC(EVP_sha256(), keys->cursor, KEY_BYTES, (const unsigned char *)text.at, text.len, into,
         NULL);
}

struct str cursor_print(struct arena *arena, const struct keys *keys, const struct cursor *cursor)
{
    unsigned char mac[EVP_MAX_MD_SIZE];
    struct buf whole = buf_in(arena);
    struct str text =
        arena_print(arena, "%.*s\n%c\n%016llx\n%.*s\n%.*s", STR_ARG(cursor->sort),
                    cursor->descending ? 'd' : 'a', (unsigned long long)cursor->filters_hash,
                    STR_ARG(cursor->key), STR_ARG(cursor->value));
    sign(keys, text, mac);
    buf_add(&whole, (struct str){(char *)mac, MAC_LEN});
    buf_add(&whole, text);
    return base64url_encode(arena, buf_str(&whole));
}

/* The number whose digits, the highest first, are "%016llx". */
static bool read_hex64(struct str text, uint64_t *ret)
{
    unsigned char bytes[8] = {0};
    uint64_t value = 0;
    if (!hex_read(text, bytes, sizeof bytes))
        return false;
    for (size_t i = 0; i < sizeof bytes; i++)
        value = value << 8 | bytes[i];
    *ret = value;
    return true;
}

enum err cursor_read(struct arena *arena, const struct keys *keys, struct str text,
                     struct cursor *ret)
{
    unsigned char mac[EVP_MAX_MD_SIZE];
    if (text.len > LIMIT_CURSOR)
        return ERR_INVALID;
    struct str whole = base64url_decode(arena, text);
    if (!whole.at || whole.len <= MAC_LEN)
        return ERR_INVALID;
    struct str rest = str_from(whole, MAC_LEN);
    sign(keys, rest, mac);
    if (CRYPTO_memcmp(mac, whole.at, MAC_LEN) != 0)
        return ERR_INVALID;
    struct cursor cursor = {.sort = str_cut(&rest, '\n')};
    struct str way = rest.at ? str_cut(&rest, '\n') : rest,
               filters = rest.at ? str_cut(&rest, '\n') : rest;
    cursor.key = rest.at ? arena_copy(arena, str_cut(&rest, '\n')) : rest;
    cursor.value = rest;
    cursor.descending = str_equal(way, S("d"));
    if (!rest.at || !read_hex64(filters, &cursor.filters_hash))
        return ERR_INVALID;
    *ret = cursor;
    return OK;
}
