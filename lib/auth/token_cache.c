/* SPDX-License-Identifier: EUPL-1.2 */
/* A table with four places per row. */
#include "lib/auth/token_cache.h"

#include <openssl/crypto.h>
#include <stdlib.h>

#include "lib/base/uuid.h"

enum { ROWS = 1024, PLACES = 4, SWEPT = 64 /* rows at a time */ };

struct entry {
    uint64_t hash;
    int64_t until_s;
    struct str token; /* a copy; the hash only says where to look */
};

struct token_cache {
    size_t value_size;
    char *values;
    size_t swept;
    uint64_t seed; /* random, so that nobody outside knows which tokens share a row */
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
    memcpy(&cache->seed, uuid_new().bytes + 8, sizeof cache->seed); /* the random half */
    return cache;
}

static void forget(struct entry *entry)
{
    OPENSSL_clear_free((char *)entry->token.at, entry->token.len);
    *entry = (struct entry){0};
}

void token_cache_free(struct token_cache *cache)
{
    if (!cache)
        return;
    for (size_t row = 0; row < ROWS; row++)
        for (size_t i = 0; i < PLACES; i++)
            forget(&cache->entries[row][i]);
    free(cache->values);
    free(cache);
}

static uint64_t mix(uint64_t hash, uint64_t word)
{
    hash = (hash ^ word) * 0x9e3779b97f4a7c15u;
    return hash ^ hash >> 32;
}

static uint64_t hash_of(const struct token_cache *cache, struct str token)
{
    uint64_t hash = cache->seed ^ token.len, word;
    for (; token.len >= sizeof word; token = str_from(token, sizeof word)) {
        memcpy(&word, token.at, sizeof word);
        hash = mix(hash, word);
    }
    word = 0;
    memcpy(&word, token.at, token.len);
    return mix(hash, word);
}

static void *value_at(struct token_cache *cache, size_t row, size_t place)
{
    return cache->values + (row * PLACES + place) * cache->value_size;
}

void *token_cache_find(struct token_cache *cache, struct str token, int64_t now_s)
{
    uint64_t hash = hash_of(cache, token);
    size_t row = hash % ROWS;
    for (size_t i = 0; i < PLACES; i++) {
        const struct entry *entry = &cache->entries[row][i];
        if (entry->hash == hash && entry->until_s > now_s && str_equal(entry->token, token))
            return value_at(cache, row, i);
    }
    return NULL;
}

void token_cache_sweep(struct token_cache *cache, int64_t now_s)
{
    for (size_t n = 0; n < SWEPT; n++, cache->swept = (cache->swept + 1) % ROWS)
        for (size_t i = 0; i < PLACES; i++)
            if (cache->entries[cache->swept][i].until_s <= now_s)
                forget(&cache->entries[cache->swept][i]);
}

void *token_cache_put(struct token_cache *cache, struct str token, int64_t until_s)
{
    uint64_t hash = hash_of(cache, token);
    size_t row = hash % ROWS, oldest = 0;
    for (size_t i = 1; i < PLACES; i++)
        if (cache->entries[row][i].until_s < cache->entries[row][oldest].until_s)
            oldest = i;
    struct entry *entry = &cache->entries[row][oldest];
    char *copy = OPENSSL_memdup(token.at, token.len);
    if (!copy)
        abort();
    forget(entry);
    *entry = (struct entry){hash, until_s, {copy, token.len}};
    return memset(value_at(cache, row, oldest), 0, cache->value_size);
}
