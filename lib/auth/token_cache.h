/* SPDX-License-Identifier: EUPL-1.2 */
/* The verified tokens of one thread, so that a signature is checked once a minute and not for
 * every request. The cache has a fixed size: a new token replaces an older one. Whole tokens are
 * compared, because a cryptographic hash would cost more. Tokens whose time is over are wiped. */
#ifndef MAATWERK_AUTH_TOKEN_CACHE_H
#define MAATWERK_AUTH_TOKEN_CACHE_H

#include "lib/base/str.h"

struct token_cache;

/* `value_size` is the number of bytes that are remembered per token. */
struct token_cache *token_cache_new(size_t value_size);
void token_cache_free(struct token_cache *cache);

/* The value of this token; NULL when it is not in the cache or its time is over. Valid until the
 * next put. */
void *token_cache_find(struct token_cache *cache, struct str token, int64_t now_s);

/* Wipes the tokens whose time is over in one part of the cache, another part each time. 16 calls
 * cover the cache. */
void token_cache_sweep(struct token_cache *cache, int64_t now_s);

/* Adds a token. Returns zeroed memory for its value, which is remembered until `until_s`. */
void *token_cache_put(struct token_cache *cache, struct str token, int64_t until_s);

#endif
