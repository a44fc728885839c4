/* SPDX-License-Identifier: EUPL-1.2 */
/* Cursors: what we printed is read back by its owner and by nobody else; nobody can read what is in
 * it, and nobody else can make one. */
#include "tests/unit/auth/auth.h"

#include "lib/auth/cursor.h"

static struct keys *keys, *other_keys;

static int start(void **state)
{
    (void)state;
    return keys_make(&keys) && keys_make(&other_keys) ? 0 : 1;
}

static int end(void **state)
{
    (void)state;
    keys_free(keys);
    keys_free(other_keys);
    return 0;
}

#define OWNER S("listCandidates\nname\na\nsomebody")

static const struct cursor sample = {.value = S("Jansen"),
                                     .key = S("01920000-0000-7000-8000-000000000001")};

static struct str printed(struct ctx *ctx)
{
    return cursor_print(ctx->arena, keys, OWNER, &sample);
}

static enum err read_by(struct ctx *ctx, struct str owner, struct str text)
{
    struct cursor cursor = {.key = S("untouched")};
    enum err err = cursor_read(ctx->arena, keys, owner, text, &cursor);
    if (err)
        assert_str(cursor.key, "untouched");
    return err;
}

static enum err read_back(struct ctx *ctx, struct str text)
{
    return read_by(ctx, OWNER, text);
}

static void it_comes_back_as_it_was(void **state)
{
    static const struct str values[] = {S("Jansen"),       S(""),      S("a\nb\n\nc"), S("\n"),
                                        S("\xc3\xa9%s%n"), S("-12.50")};
    struct ctx *ctx = *state;
    for (size_t i = 0; i < sizeof values / sizeof *values; i++) {
        struct cursor made = sample, got = {0};
        made.value = values[i];
        struct str text = cursor_print(ctx->arena, keys, OWNER, &made);
        assert_int_equal(cursor_read(ctx->arena, keys, OWNER, text, &got), OK);
        assert_true(got.value.at && str_equal(got.value, made.value));
        assert_true(str_equal(got.key, made.key));
    }
}

/* Attack 12: a cursor is in an address, and addresses are in logs. */
static void attack_12_it_tells_nothing(void **state)
{
    struct ctx *ctx = *state;
    struct str bytes = base64url_decode(ctx->arena, printed(ctx));
    assert_non_null(bytes.at);
    assert_null(memmem(bytes.at, bytes.len, "Jansen", 6));
    assert_null(memmem(bytes.at, bytes.len, "0192", 4));
    assert_null(memmem(bytes.at, bytes.len, "somebody", 8));
}

/* The entity tag of a page covers its links: they must not change while the page does not. */
static void the_same_cursor_has_the_same_text(void **state)
{
    struct ctx *ctx = *state;
    struct cursor other = sample;
    other.value = S("Jansem");
    assert_true(str_equal(printed(ctx), printed(ctx)));
    struct str text = cursor_print(ctx->arena, keys, OWNER, &other);
    assert_int_equal(text.len, printed(ctx).len);
    assert_memory_not_equal(text.at, printed(ctx).at, 16); /* the nonce differs too */
}

static void attack_12_it_belongs_to_its_owner_and_query(void **state)
{
    static const struct str others[] = {S(""), S("listCandidates\nname\na\nsomebody else"),
                                        S("listCandidates\nname\nd\nsomebody"),
                                        S("listCandidates\nname\na\nsomebod"),
                                        S("ylistCandidates\nname\na\nsomebody")};
    struct ctx *ctx = *state;
    assert_int_equal(read_back(ctx, printed(ctx)), OK);
    for (size_t i = 0; i < sizeof others / sizeof *others; i++)
        assert_int_equal(read_by(ctx, others[i], printed(ctx)), ERR_INVALID);
}

static void the_key_before_is_still_read(void **state)
{
    struct ctx *ctx = *state;
    struct keys rotated = *other_keys;
    struct cursor got;
    struct str text = printed(ctx);
    assert_int_equal(cursor_read(ctx->arena, &rotated, OWNER, text, &got), ERR_INVALID);
    memcpy(rotated.cursor_before, keys->cursor, KEY_BYTES);
    assert_int_equal(cursor_read(ctx->arena, &rotated, OWNER, text, &got), ERR_INVALID);
    rotated.has_cursor_before = true;
    assert_int_equal(cursor_read(ctx->arena, &rotated, OWNER, text, &got), OK);
    text = cursor_print(ctx->arena, &rotated, OWNER, &sample);
    assert_int_equal(read_back(ctx, text), ERR_INVALID); /* made with the present one */
}

static void no_character_may_change(void **state)
{
    struct ctx *ctx = *state;
    struct str text = printed(ctx);
    char *copy = writable(ctx, text);
    for (size_t i = 0; i < text.len; i++) {
        char kept = copy[i];
        copy[i] = kept == 'A' ? 'B' : 'A';
        assert_int_equal(read_back(ctx, (struct str){copy, text.len}), ERR_INVALID);
        copy[i] = kept;
    }
    assert_int_equal(read_back(ctx, (struct str){copy, text.len}), OK);
}

static void it_must_be_whole(void **state)
{
    struct ctx *ctx = *state;
    struct str text = printed(ctx);
    for (size_t length = 0; length < text.len; length++)
        assert_int_equal(read_back(ctx, (struct str){text.at, length}), ERR_INVALID);
    assert_int_equal(read_back(ctx, str_from(text, 4)), ERR_INVALID);
    assert_int_equal(read_back(ctx, arena_print(ctx->arena, "%.*sAAAA", STR_ARG(text))),
                     ERR_INVALID);
    assert_int_equal(read_back(ctx, arena_print(ctx->arena, "%.*s=", STR_ARG(text))), ERR_INVALID);
    assert_int_equal(read_back(ctx, S("")), ERR_INVALID);
    assert_int_equal(read_back(ctx, (struct str){0}), ERR_INVALID);
}

static void forged_without_our_key(void **state)
{
    struct ctx *ctx = *state;
    char zeros[64] = "";
    for (size_t length = 1; length <= sizeof zeros; length++)
        assert_int_equal(read_back(ctx, base64url_encode(ctx->arena, (struct str){zeros, length})),
                         ERR_INVALID);
    assert_int_equal(read_back(ctx, cursor_print(ctx->arena, other_keys, OWNER, &sample)),
                     ERR_INVALID);
    assert_int_equal(read_back(ctx, S("key\nvalue")), ERR_INVALID);
}

static void a_long_one_is_refused(void **state)
{
    struct ctx *ctx = *state;
    char long_text[LIMIT_CURSOR];
    memset(long_text, 'x', sizeof long_text);
    for (size_t length = 600; length < sizeof long_text; length++) {
        struct cursor made = sample;
        made.value = (struct str){long_text, length};
        struct str text = cursor_print(ctx->arena, keys, OWNER, &made);
        assert_int_equal(read_back(ctx, text), text.len <= LIMIT_CURSOR ? OK : ERR_INVALID);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        UNIT(it_comes_back_as_it_was),
        UNIT(attack_12_it_tells_nothing),
        UNIT(the_same_cursor_has_the_same_text),
        UNIT(attack_12_it_belongs_to_its_owner_and_query),
        UNIT(the_key_before_is_still_read),
        UNIT(no_character_may_change),
        UNIT(it_must_be_whole),
        UNIT(forged_without_our_key),
        UNIT(a_long_one_is_refused),
    };
    return cmocka_run_group_tests(tests, start, end);
}
