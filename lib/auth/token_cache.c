/* SPDX-License-Identifier: EUPL-1.2 */
/* A table with four places per row. */
#include "lib/auth/token_cache.h"

#include <openssl/sha.h>
#include <stdlib.h>

enum { ROWS = 1024, PLACES = 4 };

struct entry {
    unsigned char hash[SHA256_DIGEST_LENGTH];
    int64_t until_s;
};

struct token_cache {
    size_t value_size;
    char *values;
    struct entry entries[ROWS][PLACES];
};

struct token_cache *token_cache_new(size_t value_size)
{
    struct token_cache *cache = calloc(1, sizeof *cache);
    char *values = calloc((size_t)ROWS * PLACES, value_size);
    if (!cache || !values)
        abort();
    cache->value_size = value_size;
    cache->values = values;
    return cache;
}

void token_cache_free(struct token_cache *cache)
{
    if (cache)
        free(cache->values);
    free(cache);
}

static size_t row_of(struct str token, unsigned char hash[SHA256_DIGEST_LENGTH])
{
    SHA256((const unsigned char *)token.at, token.len, hash);
    return (size_t)(hash[0] | hash[1] << 8) % ROWS;
}

void *token_cache_find(struct token_cache *cache, struct str token, int64_t now_s)
{
    unsigned char hash[SHA256_DIGEST_LENGTH];
    size_t row = row_of(token, hash);
    for (size_t i = 0; i < PLACES; i++) {
        const struct entry *entry = &cache->entries[row][i];
        if (entry->until_s > now_s && memcmp(entry->hash, hash, sizeof hash) == 0)
            return cache->values + (row * PLACES + i) * cache->value_size;
    }
    return NULL;
}

void *token_cache_put(struct token_cache *cache, struct str token, int64_t until_s)
{
    unsigned char hash[SHA256_DIGEST_LENGTH];
    size_t row = row_of(token, hash), oldest = 0;
    for (size_t i = 1; i < PLACES; i++)
        if (cache->entries[row][i].until_s < cache->entries[row][oldest].until_s)
            oldest = i;
    memcpy(cache->entries[row][oldest].hash, hash, sizeof hash);
    cache->entries[row][oldest].until_s = until_s;
    void *value = cache->values + (row * PLACES + oldest) * cache->value_size;
    memset(value, 0, cache->value_size);
    return value;
}
