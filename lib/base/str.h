/* SPDX-License-Identifier: EUPL-1.2 */
/* Text with a length. A struct str is passed by value and owns nothing; whoever made the bytes owns
 * them, mostly the arena of the request or job. `at == NULL` means absent (SQL null), which is not
 * the same as empty. The bytes are not terminated by a NUL unless the maker says so. */
#ifndef MAATWERK_BASE_STR_H
#define MAATWERK_BASE_STR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

struct str {
    const char *at;
    size_t len;
};

/* A str of a string literal. */
#define S(literal) ((struct str){(literal), sizeof(literal) - 1})

/* For printf: printf("%.*s", STR_ARG(s)). */
#define STR_ARG(s) (int)(s).len, (s).at

static inline struct str str_of(const char *text)
{
    return (struct str){text, text ? strlen(text) : 0};
}

static inline bool str_equal(struct str a, struct str b)
{
    return a.len == b.len && (a.len == 0 || (a.at && b.at && memcmp(a.at, b.at, a.len) == 0));
}

/* Byte order; a prefix sorts before the longer text. Returns <0, 0 or >0. */
int str_compare(struct str a, struct str b);

static inline bool str_has_prefix(struct str s, struct str prefix)
{
    return s.len >= prefix.len && memcmp(s.at, prefix.at, prefix.len) == 0;
}

/* From `start` to the end; empty when start is past the end. */
static inline struct str str_from(struct str s, size_t start)
{
    return start >= s.len ? (struct str){s.at + s.len, 0}
                          : (struct str){s.at + start, s.len - start};
}

/* Splits `*rest` at the first `separator`; returns what stands before it and moves *rest behind it.
 * Without a separator returns all, and *rest becomes absent. */
struct str str_cut(struct str *rest, char separator);

/* The first `most` bytes at most, without the rest of a UTF-8 character that does not fit whole. */
struct str str_clip(struct str s, size_t most);

/* A number for the bytes of `s`; different texts have different ones, but for chance. Not for what
 * somebody may gain by two texts with one number. */
uint64_t str_hash(struct str s);

/* Without leading and trailing spaces and tabs. */
struct str str_trim(struct str s);

/* The number in digits, at the end of `text`, with a NUL behind it. */
enum { INT_TEXT_LEN = 24 };
struct str int_print(int64_t value, char text[INT_TEXT_LEN]);

/* A whole decimal number, optional '-', no spaces, no leading zeros (except "0"), in int64 range.
 * Returns false, *ret untouched, when `s` is anything else. */
bool str_to_int(struct str s, int64_t *ret);

#endif
