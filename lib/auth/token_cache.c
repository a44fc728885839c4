/* SPDX-License-Identifier: EUPL-1.2 */
/* A table with four places per row. */
#include "lib/auth/token_cache.h"

#include <openssl/evp.h>
#include <stdlib.h>

enum { ROWS = 1024, PLACES = 4, HASH_LEN = 32 };

struct entry {
    unsigned char hash[HASH_LEN];
    int64_t until_s;
};

struct token_cache {
    size_t value_size;
    char *values;
    EVP_MD *sha256; /* fetched once: looking it up costs more than the hash */
    EVP_MD_CTX *digest;
    struct entry entries[ROWS][PLACES];
};

struct token_cache *token_cache_new(size_t value_size)
{
    struct token_cache *cache = calloc(1, sizeof *cache);
    char *values = calloc((size_t)ROWS * PLACES, value_size);
    if (!cache || !values)
        abort();
    cache->sha256 = EVP_MD_fetch(NULL, "SHA256", NULL);
    cache->digest = EVP_MD_CTX_new();
    if (!cache->sha256 || !cache->digest)
        abort();
    cache->value_size = value_size;
    cache->values = values;
    return cache;
}

void token_cache_free(struct token_cache *cache)
{
    if (!cache)
        return;
    EVP_MD_CTX_free(cache->digest);
    EVP_MD_free(cache->sha256);
    free(cache->values);
    free(cache);
}

static size_t row_of(struct token_cache *cache, struct str token, unsigned char hash[HASH_LEN])
{
    if (EVP_DigestInit_ex2(cache->digest, cache->sha256, NULL) != 1
        || EVP_DigestUpdate(cache->digest, token.at, token.len) != 1
        || EVP_DigestFinal_ex(cache->digest, hash, NULL) != 1)
        abort(); /* only without memory */
    return (size_t)(hash[0] | hash[1] << 8) % ROWS;
}

void *token_cache_find(struct token_cache *cache, struct str token, int64_t now_s)
{
    unsigned char hash[HASH_LEN];
    size_t row = row_of(cache, token, hash);
    for (size_t i = 0; i < PLACES; i++) {
        const struct entry *entry = &cache->entries[row][i];
        if (entry->until_s > now_s && memcmp(entry->hash, hash, sizeof hash) == 0)
            return cache->values + (row * PLACES + i) * cache->value_size;
    }
    return NULL;
}

void *token_cache_put(struct token_cache *cache, struct str token, int64_t until_s)
{
    unsigned char hash[HASH_LEN];
    size_t row = row_of(cache, token, hash), oldest = 0;
    for (size_t i = 1; i < PLACES; i++)
        if (cache->entries[row][i].until_s < cache->entries[row][oldest].until_s)
            oldest = i;
    memcpy(cache->entries[row][oldest].hash, hash, sizeof hash);
    cache->entries[row][oldest].until_s = until_s;
    void *value = cache->values + (row * PLACES + oldest) * cache->value_size;
    memset(value, 0, cache->value_size);
    return value;
}
