/* SPDX-License-Identifier: EUPL-1.2 */
/* The memory of one request or job: allocated piece by piece, freed all at once.
 *
 *   arena ──► block 16 KiB ──► block 32 KiB ──► …          nothing in between frees
 *       └───► deferred: clear_result(res), close(fd), …   run last-in first-out when the arena ends
 *
 * Allocation does not fail softly: input is bounded where it enters, and a process without memory
 * ends (docs/adr/0009). Memory is zeroed. Not thread-safe: an arena belongs to one thread. */
#ifndef MAATWERK_BASE_ARENA_H
#define MAATWERK_BASE_ARENA_H

#include <stdarg.h>

#include "lib/base/str.h"

struct arena;

/* A new arena; never NULL. */
struct arena *arena_new(void);

/* Runs the deferred calls and frees all memory. NULL is allowed. */
void arena_free(struct arena *arena);

/* The same as arena_free() followed by arena_new(), but keeps the first block: for loops over
 * jobs. */
void arena_reset(struct arena *arena);

/* Zeroed memory, aligned for any type; never NULL. */
void *arena_alloc(struct arena *arena, size_t size);

/* Zeroed memory for `count` items of `size` bytes. The process ends when the product overflows. */
void *arena_array(struct arena *arena, size_t count, size_t size);

/* Calls release(what) when the arena is freed or reset. */
void arena_defer(struct arena *arena, void (*release)(void *what), void *what);

/* A copy of `s`, followed by a NUL that is not counted. An absent str stays absent. */
struct str arena_copy(struct arena *arena, struct str s);

/* Like printf, into the arena; the result is followed by a NUL. */
struct str arena_print(struct arena *arena, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
struct str arena_vprint(struct arena *arena, const char *format, va_list args)
    __attribute__((format(printf, 2, 0)));

/* The number in decimal digits, followed by a NUL. */
struct str arena_int(struct arena *arena, int64_t value);

/* The number of bytes allocated since the arena was made or reset. */
size_t arena_used(const struct arena *arena);

#define ARENA_NEW(arena, type) ((type *)arena_alloc((arena), sizeof(type)))

#endif
