/* SPDX-License-Identifier: EUPL-1.2 */
/* Normalises and refuses character by character; what is plain ASCII is looked at only once. */
#include "lib/base/text.h"

#include <utf8proc.h>

#include "lib/base/utf8.h"

enum {
    ZWNJ = 0x200c,
    ZWJ = 0x200d,
    VIRAMA_CLASS = 9,
    BRAILLE_BLANK = 0x2800,
    REPLACEMENT = 0xfffd
};

/* Whether `text` is ASCII in its normal form: most texts are. */
static bool is_plain(struct str text)
{
    bool space = true;
    for (size_t i = 0; i < text.len; i++) {
        unsigned char c = (unsigned char)text.at[i];
        if (c < ' ' || c > '~' || (c == ' ' && space))
            return false;
        space = c == ' ';
    }
    return text.len == 0 || !space;
}

static bool is_between(int32_t c, int32_t first, int32_t last)
{
    return c >= first && c <= last;
}

static bool is_break(int32_t c)
{
    return c == '\n' || c == '\r';
}

static bool is_space(int32_t c)
{
    return c == '\t' || utf8proc_category(c) == UTF8PROC_CATEGORY_ZS;
}

/* Variation selectors choose how the character before them looks. */
static bool is_selector(int32_t c)
{
    return is_between(c, 0xfe00, 0xfe0f) || is_between(c, 0xe0100, 0xe01ef);
}

static bool is_letter_or_mark(int32_t c)
{
    return is_between((int32_t)utf8proc_category(c), UTF8PROC_CATEGORY_LU, UTF8PROC_CATEGORY_MC);
}

/* Letters of these blocks take another form beside each other: Arabic, Syriac, N'Ko, the scripts of India,
 * Myanmar, Khmer, Mongolian. */
static bool is_joining(int32_t c)
{
    static const int32_t blocks[][2] = {{0x0600, 0x08ff}, {0x0900, 0x0dff}, {0x1000, 0x109f},
                                        {0x1780, 0x18af}, {0xa800, 0xa8ff}, {0xfb50, 0xfdff},
                                        {0xfe70, 0xfefe}};
    bool found = false;
    for (size_t i = 0; i < sizeof blocks / sizeof *blocks; i++)
        found = found || is_between(c, blocks[i][0], blocks[i][1]);
    return found && is_letter_or_mark(c);
}

static bool is_emoji(int32_t c)
{
    return utf8proc_category(c) == UTF8PROC_CATEGORY_SO || is_between(c, 0x1f3fb, 0x1f3ff);
}

/* Whether a character of which one sees nothing may stand between these two; 0 is an end of the text. */
static bool may_join(int32_t before, int32_t c, int32_t after)
{
    if (is_selector(c))
        return before && !is_selector(before) && !is_space(before) && !is_break(before);
    if (c != ZWJ && c != ZWNJ)
        return false;
    if (is_joining(before)
        && (is_joining(after) || utf8proc_get_property(before)->combining_class == VIRAMA_CLASS))
        return true;
    return c == ZWJ && (is_emoji(before) || is_selector(before)) && is_emoji(after);
}

static bool may_stand(const int32_t *at, size_t count, size_t i)
{
    utf8proc_category_t category = utf8proc_category(at[i]);
    if (category == UTF8PROC_CATEGORY_CN || category >= UTF8PROC_CATEGORY_ZL
        || utf8proc_get_property(at[i])->ignorable)
        return may_join(i ? at[i - 1] : 0, at[i], i + 1 < count ? at[i + 1] : 0);
    return at[i] != REPLACEMENT;
}

/* Letters, figures, punctuation and symbols show; a mark alone shows only that something is missing. */
static bool shows(int32_t c)
{
    utf8proc_category_t category = utf8proc_category(c);
    return c != BRAILLE_BLANK && category != UTF8PROC_CATEGORY_CN && category < UTF8PROC_CATEGORY_ZS
           && !is_between((int32_t)category, UTF8PROC_CATEGORY_MN, UTF8PROC_CATEGORY_ME)
           && !utf8proc_get_property(c)->ignorable;
}

/* Spaces and line breaks in their normal form, in place. Returns the new number of characters. */
static size_t fold(int32_t *at, size_t count, enum text_form form)
{
    size_t kept = 0;
    for (size_t i = 0; i < count; i++) {
        int32_t c = at[i];
        if (c == '\r' && i + 1 < count && at[i + 1] == '\n')
            continue;
        if (is_break(c))
            c = '\n';
        else if (is_space(c) && !(c == '\t' && form == TEXT_LINES))
            c = ' ';
        bool leading = kept == 0 && (is_space(c) || is_break(c));
        if (!leading && !(c == ' ' && form != TEXT_LINES && at[kept - 1] == ' '))
            at[kept++] = c;
    }
    while (kept && (is_space(at[kept - 1]) || is_break(at[kept - 1])))
        kept--;
    return kept;
}

static enum text_fault look_at(const int32_t *at, size_t count, enum text_form form)
{
    bool visible = false;
    for (size_t i = 0; i < count; i++) {
        bool plain = form == TEXT_LINES && (at[i] == '\n' || at[i] == '\t');
        if (!plain && !may_stand(at, count, i))
            return TEXT_CHARACTERS;
        visible = visible || shows(at[i]);
    }
    return visible ? TEXT_GOOD : TEXT_BLANK;
}

enum text_fault text_normalise(struct arena *arena, struct str text, enum text_form form,
                               struct str *ret)
{
    if (is_plain(text)) {
        *ret = text;
        return TEXT_GOOD;
    }
    if (!utf8_is_valid(text))
        return TEXT_CHARACTERS;
    const utf8proc_uint8_t *bytes = (const utf8proc_uint8_t *)text.at;
    utf8proc_option_t options = UTF8PROC_STABLE | UTF8PROC_COMPOSE;
    utf8proc_ssize_t length = (utf8proc_ssize_t)text.len,
                     count = utf8proc_decompose(bytes, length, NULL, 0, options);
    if (count < 0)
        return TEXT_CHARACTERS;
    int32_t *at =
        arena_array(arena, (size_t)count + 1, sizeof *at); /* one more: reencode adds a NUL */
    if (utf8proc_decompose(bytes, length, at, count, options) != count)
        return TEXT_CHARACTERS;
    count = utf8proc_normalize_utf32(at, count, options);
    size_t kept = fold(at, (size_t)count, form);
    enum text_fault fault = look_at(at, kept, form);
    if (fault == TEXT_GOOD)
        *ret = (struct str){(const char *)at,
                            (size_t)utf8proc_reencode(at, (utf8proc_ssize_t)kept, 0)};
    return fault;
}
