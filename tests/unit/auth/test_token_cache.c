/* SPDX-License-Identifier: EUPL-1.2 */
/* The cache of verified tokens: only the very same token is found, for as long
 * as was said, and it never grows. */
#include "tests/unit/auth/auth.h"

#include "lib/auth/token_cache.h"

static struct str token_number(struct ctx *ctx, int number)
{
    return arena_print(ctx->arena, "header.body.%d", number);
}

static void what_is_put_is_found_until_its_time(void **state)
{
    struct token_cache *cache = token_cache_new(sizeof(int));
    (void)state;
    assert_null(token_cache_find(cache, S("a.b.c"), 0));
    *(int *)token_cache_put(cache, S("a.b.c"), 100) = 7;
    int *found = token_cache_find(cache, S("a.b.c"), 99);
    assert_non_null(found);
    assert_int_equal(*found, 7);
    assert_null(token_cache_find(cache, S("a.b.c"), 100));
    assert_null(token_cache_find(cache, S("a.b.c"), INT64_MAX));
    token_cache_free(cache);
}

static void another_token_is_not_found(void **state)
{
    static const struct str others[] = {S("a.b.d"), S("a.b."),  S("a.b.c "), S("a.b.cc"),
                                        S(""),      S("A.b.c"), S("a.b.c\0")};
    struct token_cache *cache = token_cache_new(1);
    (void)state;
    token_cache_put(cache, S("a.b.c"), 100);
    for (size_t i = 0; i < sizeof others / sizeof *others; i++)
        assert_null(token_cache_find(cache, others[i], 1));
    token_cache_free(cache);
}

/* Each that is found holds its own value, however many were put; and at most 4096 of them are. */
static void it_is_bounded_and_never_mixes_up(void **state)
{
    enum { PUT = 20000, ROOM = 4096 };
    struct ctx *ctx = *state;
    struct token_cache *cache = token_cache_new(sizeof(int));
    int kept = 0;
    for (int i = 0; i < PUT; i++) {
        *(int *)token_cache_put(cache, token_number(ctx, i), 1000 + i) = i;
        const int *found = token_cache_find(cache, token_number(ctx, i), 1);
        assert_true(found && *found == i);
    }
    for (int i = 0; i < PUT; i++) {
        const int *found = token_cache_find(cache, token_number(ctx, i), 1);
        assert_true(!found || *found == i);
        kept += found != NULL;
    }
    assert_in_range(kept, ROOM / 2, ROOM);
    token_cache_free(cache);
}

/* What stood at the place before, for another user, must not shine through. */
static void a_place_taken_over_is_zero(void **state)
{
    struct ctx *ctx = *state;
    struct token_cache *cache = token_cache_new(64);
    for (int i = 0; i < 10000; i++) {
        unsigned char *value = token_cache_put(cache, token_number(ctx, i), 1000 + i);
        for (int b = 0; b < 64; b++)
            assert_int_equal(value[b], 0);
        memset(value, 0xff, 64);
    }
    token_cache_free(cache);
}

static void a_token_put_again_lives_on(void **state)
{
    struct token_cache *cache = token_cache_new(sizeof(int));
    (void)state;
    *(int *)token_cache_put(cache, S("a.b.c"), 100) = 1;
    *(int *)token_cache_put(cache, S("a.b.c"), 200) = 2;
    assert_int_equal(*(int *)token_cache_find(cache, S("a.b.c"), 150), 2);
    assert_null(token_cache_find(cache, S("a.b.c"), 200));
    token_cache_free(cache);
}

static void what_is_over_does_not_stay(void **state)
{
    struct token_cache *cache = token_cache_new(1);
    (void)state;
    token_cache_put(cache, S("a.b.c"), 100);
    token_cache_put(cache, S("d.e.f"), 101);
    for (int i = 0; i < 16; i++)
        token_cache_sweep(cache, 100);
    assert_null(token_cache_find(cache, S("a.b.c"), 1));
    assert_non_null(token_cache_find(cache, S("d.e.f"), 1));
    token_cache_free(cache);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        UNIT(what_is_put_is_found_until_its_time), UNIT(another_token_is_not_found),
        UNIT(it_is_bounded_and_never_mixes_up),    UNIT(a_place_taken_over_is_zero),
        UNIT(a_token_put_again_lives_on),          UNIT(what_is_over_does_not_stay),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
