/* SPDX-License-Identifier: EUPL-1.2 */
/* Verified tokens of one thread, so that a signature is checked once a minute and not per request.
 * Bounded: a new token takes the place of an older one. Only the very same text is found: hashing
 * it with care would cost more than comparing it. What is over is wiped. */
#ifndef MAATWERK_AUTH_TOKEN_CACHE_H
#define MAATWERK_AUTH_TOKEN_CACHE_H

#include "lib/base/str.h"

struct token_cache;

/* `value_size`: bytes of what is remembered per token. */
struct token_cache *token_cache_new(size_t value_size);
void token_cache_free(struct token_cache *cache);

/* What is remembered, or NULL when there is nothing or its time is over. Valid until the
 * next put. */
void *token_cache_find(struct token_cache *cache, struct str token, int64_t now_s);

/* Wipes what is over in a part of the cache, another one each time; 16 calls see all of it. */
void token_cache_sweep(struct token_cache *cache, int64_t now_s);

/* Zeroed room for what is to be remembered until `until_s`. */
void *token_cache_put(struct token_cache *cache, struct str token, int64_t until_s);

#endif
