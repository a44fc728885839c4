/* SPDX-License-Identifier: EUPL-1.2 */
/* Text with a length. A struct str is passed by value and does not own its bytes; mostly the
 * arena of the request or job owns them. `at == NULL` means absent (null in SQL), which is not
 * the same as empty. No NUL follows the bytes, unless the function that made them says so. */
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

/* The str of a string literal. */
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

/* Compares bytes; a prefix sorts before the longer text. Returns less than 0, 0 or more than 0. */
int str_compare(struct str a, struct str b);

static inline bool str_has_prefix(struct str s, struct str prefix)
{
    return s.len >= prefix.len && memcmp(s.at, prefix.at, prefix.len) == 0;
}

/* The text from byte `start` to its end; empty when `start` is past the end. */
static inline struct str str_from(struct str s, size_t start)
{
    return start >= s.len ? (struct str){s.at + s.len, 0}
                          : (struct str){s.at + start, s.len - start};
}

/* Splits *rest at the first `separator`: returns the part before it, and *rest becomes the part
 * after it. Without a separator it returns all, and *rest becomes absent. */
struct str str_cut(struct str *rest, char separator);

/* At most the first `most` bytes; a UTF-8 character that does not fit as a whole is left out. */
struct str str_clip(struct str s, size_t most);

/* A hash of the bytes of `s`. Do not use it where an attacker could profit from two texts with
 * the same hash. */
uint64_t str_hash(struct str s);

/* The text without leading and trailing spaces and tabs. */
struct str str_trim(struct str s);

/* Prints the number in decimal digits, at the end of `text`, followed by a NUL. */
enum { INT_TEXT_LEN = 24 };
struct str int_print(int64_t value, char text[INT_TEXT_LEN]);

/* Reads a whole decimal number in the range of int64: an optional '-', no spaces, no leading
 * zeros (except "0"). Returns false when `s` is anything else. */
bool str_to_int(struct str s, int64_t *ret);

#endif
