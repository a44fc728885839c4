/* SPDX-License-Identifier: EUPL-1.2 */
/* The memory of one request or job. */
#include "lib/base/arena.h"

#include <stdio.h>
#include <stdlib.h>

enum { FIRST_BLOCK = 16384, LARGEST_STEP = 65536 };

struct block {
    struct block *next;
    size_t size, used;
    _Alignas(max_align_t) char bytes[];
};

struct deferred {
    struct deferred *next;
    void (*release)(void *);
    void *what;
};

struct arena {
    struct block *first, *current;
    struct deferred *deferred;
    size_t used;
};

static struct block *block_new(size_t size)
{
    struct block *block = malloc(sizeof *block + size);
    if (!block)
        abort();
    block->next = NULL;
    block->size = size;
    block->used = 0;
    return block;
}

struct arena *arena_new(void)
{
    struct arena *arena = calloc(1, sizeof *arena);
    if (!arena)
        abort();
    arena->first = arena->current = block_new(FIRST_BLOCK);
    return arena;
}

static void run_deferred(struct arena *arena)
{
    while (arena->deferred) {
        struct deferred *next = arena->deferred;
        arena->deferred = next->next;
        next->release(next->what);
    }
}

static void free_blocks(struct block *block)
{
    while (block) {
        struct block *next = block->next;
        free(block);
        block = next;
    }
}

void arena_free(struct arena *arena)
{
    if (!arena)
        return;
    run_deferred(arena);
    free_blocks(arena->first);
    free(arena);
}

void arena_reset(struct arena *arena)
{
    run_deferred(arena);
    free_blocks(arena->first->next);
    arena->first->next = NULL;
    arena->first->used = 0;
    arena->current = arena->first;
    arena->used = 0;
}

void *arena_alloc(struct arena *arena, size_t size)
{
    size_t align = _Alignof(max_align_t);
    if (size > PTRDIFF_MAX) /* so that neither rounding up nor the header of a block overflows */
        abort();
    size_t room = (size + align - 1) & ~(align - 1);
    struct block *block = arena->current;
    if (block->size - block->used < room) {
        size_t step = block->size * 2 > LARGEST_STEP ? LARGEST_STEP : block->size * 2;
        block->next = block_new(room > step ? room : step);
        block = arena->current = block->next;
    }
    void *at = block->bytes + block->used;
    block->used += room;
    arena->used += room;
    return memset(at, 0, size);
}

void *arena_array(struct arena *arena, size_t count, size_t size)
{
    size_t total;
    if (__builtin_mul_overflow(count, size, &total))
        abort();
    return arena_alloc(arena, total);
}

void arena_defer(struct arena *arena, void (*release)(void *what), void *what)
{
    struct deferred *entry = ARENA_NEW(arena, struct deferred);
    *entry = (struct deferred){arena->deferred, release, what};
    arena->deferred = entry;
}

struct str arena_copy(struct arena *arena, struct str s)
{
    if (!s.at)
        return s;
    char *copy = arena_alloc(arena, s.len + 1);
    if (s.len)
        memcpy(copy, s.at, s.len);
    return (struct str){copy, s.len};
}

struct str arena_vprint(struct arena *arena, const char *format, va_list args)
{
    va_list again;
    va_copy(again, args);
    int len = vsnprintf(NULL, 0, format, args);
    if (len < 0)
        abort();
    char *text = arena_alloc(arena, (size_t)len + 1);
    if (vsnprintf(text, (size_t)len + 1, format, again) != len)
        abort();
    va_end(again);
    return (struct str){text, (size_t)len};
}

struct str arena_print(struct arena *arena, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    struct str text = arena_vprint(arena, format, args);
    va_end(args);
    return text;
}

struct str arena_int(struct arena *arena, int64_t value)
{
    return int_print(value, arena_alloc(arena, INT_TEXT_LEN));
}

size_t arena_used(const struct arena *arena)
{
    return arena->used;
}
