/* SPDX-License-Identifier: EUPL-1.2 */
/* Memory, texts that grow in it, faults. */
#include "tests/unit/unit.h"

static struct arena *arena_of(void **state)
{
    return ((struct ctx *)*state)->arena;
}

static bool is_zero(const unsigned char *at, size_t size)
{
    for (size_t i = 0; i < size; i++)
        if (at[i])
            return false;
    return true;
}

static void memory_is_zeroed_aligned_and_apart(void **state)
{
    static const size_t sizes[] = {0, 1, 15, 16, 17, 4096, 16384, 70000, 1, 200000, 3};
    unsigned char *at[sizeof sizes / sizeof *sizes];
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        at[i] = arena_alloc(arena_of(state), sizes[i]);
        assert_int_equal((uintptr_t)at[i] % _Alignof(max_align_t), 0);
        assert_true(is_zero(at[i], sizes[i]));
        memset(at[i], (int)i + 1, sizes[i]);
    }
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++)
        for (size_t j = 0; j < sizes[i]; j++)
            assert_int_equal(at[i][j], i + 1);
}

static void what_is_used_again_is_zeroed_again(void **state)
{
    struct arena *arena = arena_of(state);
    memset(arena_alloc(arena, 10000), 0xff, 10000);
    memset(arena_alloc(arena, 100000), 0xff, 100000);
    arena_reset(arena);
    assert_int_equal(arena_used(arena), 0);
    assert_true(is_zero(arena_alloc(arena, 10000), 10000));
}

struct trail {
    int steps[8], count;
};
struct step {
    struct trail *trail;
    int number;
};

static void take_step(void *what)
{
    struct step *step = what;
    step->trail->steps[step->trail->count++] = step->number;
}

static void what_is_deferred_runs_once_and_backwards(void **state)
{
    struct trail trail = {0};
    struct arena *arena = arena_of(state);
    for (int i = 0; i < 3; i++) {
        struct step *step = ARENA_NEW(arena, struct step);
        *step = (struct step){&trail, i};
        arena_defer(arena, take_step, step);
    }
    arena_reset(arena);
    assert_int_equal(trail.count, 3);
    assert_true(trail.steps[0] == 2 && trail.steps[1] == 1 && trail.steps[2] == 0);
    arena_reset(arena);
    assert_int_equal(trail.count, 3);
}

static void numbers_are_printed_to_their_borders(void **state)
{
    assert_str(arena_int(arena_of(state), INT64_MIN), "-9223372036854775808");
    assert_str(arena_int(arena_of(state), INT64_MAX), "9223372036854775807");
    assert_str(arena_int(arena_of(state), 0), "0");
    assert_int_equal(strlen(arena_int(arena_of(state), -42).at), 3);
}

static void a_copy_ends_with_a_nul_and_absent_stays_absent(void **state)
{
    struct str copy = arena_copy(arena_of(state), (struct str){"abc", 2});
    assert_string_equal(copy.at, "ab");
    assert_null(arena_copy(arena_of(state), (struct str){0}).at);
    assert_non_null(arena_copy(arena_of(state), S("")).at);
}

static void a_text_grows_over_every_border(void **state)
{
    struct buf buf = buf_in(arena_of(state));
    for (int i = 0; i < 5000; i++)
        buf_add_char(&buf, (char)('a' + i % 26));
    struct str once = buf_str(&buf);
    assert_int_equal(once.len, 5000);
    assert_int_equal(once.at[5000], 0);
    for (int i = 0; i < 5000; i++)
        assert_int_equal(once.at[i], 'a' + i % 26);
    buf_add(&buf, once); /* itself, into room that has to be made */
    assert_memory_equal(buf.at + 5000, once.at, 5000);
    buf = buf_in(arena_of(state));
    assert_str(buf_str(&buf), "");
}

static void json_texts_are_escaped(void **state)
{
    struct buf buf = buf_in(arena_of(state));
    buf_add_json(&buf, S("\"\\/\b\n\x1f\x7f caf\xc3\xa9\0x"));
    buf_add_json(&buf, (struct str){0});
    buf_add_json(&buf, S(""));
    assert_str(buf_str(&buf), "\"\\\"\\\\/\\u0008\\n\\u001f\x7f caf\xc3\xa9\\u0000x\"null\"\"");
}

/* Eight bytes are looked at together: each byte, wherever it stands among them. */
static void a_byte_is_escaped_wherever_it_stands(void **state)
{
    struct arena *arena = arena_new();
    char text[20];
    (void)state;
    for (int fill = 0x20; fill < 256; fill += 13)
        for (int c = 0; c < 256; c++)
            for (size_t at = 0; at < sizeof text; at++) {
                bool plain = c >= 0x20 && c != '"' && c != '\\' && fill != '"' && fill != '\\';
                struct buf buf = buf_in(arena);
                memset(text, fill, sizeof text);
                text[at] = (char)c;
                buf_add_json(&buf, (struct str){text, sizeof text});
                assert_true((buf.len == sizeof text + 2) == plain);
                if (plain)
                    assert_memory_equal(buf.at + 1, text, sizeof text);
                arena_reset(arena);
            }
    arena_free(arena);
}

static void a_hundred_faults_are_kept_and_the_others_counted(void **state)
{
    struct ctx *ctx = *state;
    char place[] = "/a";
    for (int i = 0; i < LIMIT_FAULTS + 3; i++)
        fault_note(&ctx->faults, ctx->arena, FAULT_AT_BODY, str_of(place), FAULT_RANGE, S("1..2"));
    place[1] = 'b'; /* the faults have texts of their own */
    assert_int_equal(ctx->faults.count, LIMIT_FAULTS + 3);
    assert_str(ctx->faults.at[LIMIT_FAULTS - 1].where, "/a");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        UNIT(memory_is_zeroed_aligned_and_apart),
        UNIT(what_is_used_again_is_zeroed_again),
        UNIT(what_is_deferred_runs_once_and_backwards),
        UNIT(numbers_are_printed_to_their_borders),
        UNIT(a_copy_ends_with_a_nul_and_absent_stays_absent),
        UNIT(a_text_grows_over_every_border),
        UNIT(json_texts_are_escaped),
        UNIT(a_byte_is_escaped_wherever_it_stands),
        UNIT(a_hundred_faults_are_kept_and_the_others_counted),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
