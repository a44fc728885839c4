/* SPDX-License-Identifier: EUPL-1.2 */
/* ITU-T E.164 with the Netherlands as the default. */
#include "lib/base/phone.h"

enum { DIGITS_LEAST = 7, DIGITS_MOST = 15, DUTCH = 9 };

/* The length of the sign that stands between digits at the start of `text`: one of the keyboard, or a hyphen, dash
 * or minus that a word processor put in its place. 0 when there is none. */
static size_t sign_length(struct str text)
{
    static const char *const signs[] = {" ",      "-",      ".",      "/",      "(",      ")",
                                        "\u2010", "\u2011", "\u2012", "\u2013", "\u2014", "\u2212"};
    for (size_t i = 0; i < sizeof signs / sizeof *signs; i++)
        if (str_has_prefix(text, str_of(signs[i])))
            return strlen(signs[i]);
    return 0;
}

/* The digits of `text`; `plus` says whether a + comes first. Not more than fit, and no other characters. */
static bool read_digits(struct str text, bool *plus, char digits[DIGITS_MOST + 4], size_t *count)
{
    *count = 0;
    *plus = false;
    for (size_t i = 0; i < text.len; i++) {
        struct str rest = str_from(text, i);
        if (text.at[i] >= '0' && text.at[i] <= '9') {
            if (*count == DIGITS_MOST + 3)
                return false;
            digits[(*count)++] = text.at[i];
        } else if (text.at[i] == '+' && *count == 0 && !*plus) {
            *plus = true;
        } else if (*count && str_has_prefix(rest, S("(0)"))) {
            i += 2; /* +31 (0)13: the 0 is for callers from inside */
        } else {
            size_t length = sign_length(rest);
            if (!length)
                return false;
            i += length - 1;
        }
    }
    return true;
}

static bool is_dutch(struct str number)
{
    static const char *const services[] = {"800", "900", "906", "909"};
    for (size_t i = 0; i < sizeof services / sizeof *services; i++)
        if (str_has_prefix(number, str_of(services[i])))
            return number.len == 7 || number.len == 10;
    return number.len == DUTCH && number.at[0] != '0';
}

static bool is_foreign(struct str number)
{
    return number.len >= DIGITS_LEAST && number.len <= DIGITS_MOST && number.at[0] != '0';
}

bool phone_read(struct arena *arena, struct str text, struct str *ret)
{
    char digits[DIGITS_MOST + 4];
    bool plus;
    size_t count;
    if (!read_digits(text, &plus, digits, &count))
        return false;
    struct str number = {digits, count};
    bool abroad = plus || str_has_prefix(number, S("00")), dutch = !abroad;
    if (dutch && !str_has_prefix(number, S("0")))
        return false; /* it lacks the area code */
    if (!plus)
        number = str_from(number, abroad ? 2 : 1);
    if (abroad && str_has_prefix(number, S("31"))) {
        dutch = true;
        number = str_from(number, str_has_prefix(number, S("310")) ? 3 : 2);
    }
    if (dutch ? !is_dutch(number) : !is_foreign(number))
        return false;
    *ret = arena_print(arena, dutch ? "+31%.*s" : "+%.*s", STR_ARG(number));
    return true;
}
