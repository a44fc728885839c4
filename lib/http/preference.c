/* SPDX-License-Identifier: EUPL-1.2 */
/* Lists with weights. */
#include "lib/http/preference.h"

static bool str_is(struct str s, struct str word)
{
    return s.len == word.len && strncasecmp(s.at, word.at, word.len) == 0;
}

/* Reads a weight (RFC 9110 section 12.4.2): "0.8" is 800. Returns -1 when the text is no weight. */
static int read_weight(struct str text)
{
    int weight = 0, place = 1000;
    if (text.len == 0 || text.len > 5 || text.at[0] < '0' || text.at[0] > '1'
        || (text.len > 1 && text.at[1] != '.'))
        return -1;
    for (size_t i = 0; i < text.len; i += i == 0 ? 2 : 1, place /= 10) {
        if (text.at[i] < '0' || text.at[i] > '9')
            return -1;
        weight += (text.at[i] - '0') * place;
    }
    return weight <= 1000 ? weight : -1;
}

/* Takes the next element of a list. *weight is 1000 when the element has no weight, and -1 when
 * its weight is wrong. Other parameters are ignored. */
static struct str next_weighted(struct str *rest, int *ret_weight)
{
    struct str element = str_cut(rest, ','), name = str_trim(str_cut(&element, ';'));
    *ret_weight = 1000;
    while (element.at) {
        struct str value = str_cut(&element, ';'), parameter = str_trim(str_cut(&value, '='));
        if (str_is(parameter, S("q")))
            *ret_weight = value.at ? read_weight(str_trim(value)) : -1;
    }
    return name;
}

enum language preference_language(struct str value)
{
    static const struct str names[] = {[LANGUAGE_NL] = {"nl", 2}, [LANGUAGE_EN] = {"en", 2}};
    int weights[] = {-1, -1}, any = 0, weight; /* -1: the language is not named */
    enum language first = LANGUAGE_NL;         /* the first of those with the highest weight */
    while (value.at) {
        struct str range = next_weighted(&value, &weight), tag = str_cut(&range, '-');
        if (str_is(tag, S("*")) && weight >= 0)
            any = weight;
        for (int i = LANGUAGE_NL; i <= LANGUAGE_EN; i++)
            if (str_is(tag, names[i]) && weight > weights[i]) {
                if (weight > 0 && weight > weights[!i])
                    first = (enum language)i;
                weights[i] = weight;
            }
    }
    if (weights[LANGUAGE_NL] == 0 && weights[LANGUAGE_EN] < 0 && !any)
        return LANGUAGE_EN; /* of two that it did not ask for, the one that it does not refuse */
    for (int i = LANGUAGE_NL; i <= LANGUAGE_EN; i++)
        weights[i] = weights[i] < 0 ? any : weights[i];
    if (weights[LANGUAGE_NL] == weights[LANGUAGE_EN])
        return first;
    return weights[LANGUAGE_EN] > weights[LANGUAGE_NL] ? LANGUAGE_EN : LANGUAGE_NL;
}

/* How exactly a range names the type: 3 application/json, 2 application and any subtype, 1 any
 * type, 0 another type. */
static int match_of(struct str range, struct str type)
{
    struct str rest = range, main_type = str_cut(&rest, '/'), ours = type;
    if (str_is(range, type))
        return 3;
    if (!rest.at || !str_equal(rest, S("*")))
        return 0;
    if (str_equal(main_type, S("*")))
        return 1;
    return str_is(main_type, str_cut(&ours, '/')) ? 2 : 0;
}

/* The weight of the most exact range that names the type; -1 when no range names it. */
static int weight_of(struct str value, struct str type)
{
    int best = 0, found = -1, weight;
    while (value.at) {
        int match = match_of(next_weighted(&value, &weight), type);
        if (match > best || (match && match == best && weight > found)) {
            best = match;
            found = weight;
        }
    }
    return found;
}

bool preference_admits(struct str value, struct str type)
{
    return !value.at || weight_of(value, type) > 0;
}

bool preference_prefers(struct str value, struct str type, struct str other)
{
    return value.at && weight_of(value, type) > 0
           && weight_of(value, type) > weight_of(value, other);
}

bool preference_refuses(struct str value, struct str type)
{
    return value.at && weight_of(value, type) == 0;
}

bool preference_admits_plain(struct str value)
{
    int named = -1, any = -1, weight;
    while (value.at) {
        struct str coding = next_weighted(&value, &weight);
        if (str_is(coding, S("identity")))
            named = weight;
        else if (str_equal(coding, S("*")))
            any = weight;
    }
    return named >= 0 ? named > 0 : any != 0;
}
