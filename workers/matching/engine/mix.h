/* SPDX-License-Identifier: EUPL-1.2 */
/* A keyed 64-bit hash of an id, made with the finisher of splitmix64. It spreads well, but it is
 * no cryptographic hash. */
#ifndef MAATWERK_MATCHING_MIX_H
#define MAATWERK_MATCHING_MIX_H

#include <stdint.h>

static inline uint64_t mix_word(uint64_t word)
{
    word += 0x9e3779b97f4a7c15u;
    word = (word ^ word >> 30) * 0xbf58476d1ce4e5b9u;
    word = (word ^ word >> 27) * 0x94d049bb133111ebu;
    return word ^ word >> 31;
}

/* Reads eight bytes, the lowest first, on every machine. */
static inline uint64_t mix_load(const uint8_t *at)
{
    uint64_t word = 0;
    for (int i = 0; i < 8; i++)
        word |= (uint64_t)at[i] << (8 * i);
    return word;
}

/* The same key and id give the same value on every machine. */
static inline uint64_t mix_id(uint64_t key, const uint8_t id[16])
{
    return mix_word(mix_word(mix_word(key) ^ mix_load(id)) ^ mix_load(id + 8));
}

#endif
