/* SPDX-License-Identifier: EUPL-1.2 */
/* Normal form, length, pattern, format, enumeration, range. */
#include "lib/http/check.h"

#include <time.h>

#include "lib/base/buf.h"
#include "lib/base/email.h"
#include "lib/base/phone.h"
#include "lib/base/text.h"
#include "lib/base/utf8.h"

enum { LIFE_YEARS = 120 }; /* the oldest age of a candidate */

static bool fits_pattern(const struct pattern_part *part, struct str text)
{
    size_t at = 0;
    for (; part->max; part++) {
        unsigned count = 0;
        while (count < part->max && at < text.len && (unsigned char)text.at[at] < 128
               && (part->set[(unsigned char)text.at[at] >> 6] >> (text.at[at] & 63) & 1)) {
            at++;
            count++;
        }
        if (count < part->min)
            return false;
    }
    return at == text.len;
}

static bool digits_at(struct str text, size_t at, size_t count, int *ret)
{
    int value = 0;
    for (size_t i = at; i < at + count; i++) {
        if (i >= text.len || text.at[i] < '0' || text.at[i] > '9')
            return false;
        value = value * 10 + text.at[i] - '0';
    }
    *ret = value;
    return true;
}

/* Whether the text is a full-date of RFC 3339 and the day exists; years 1900 to 2199. */
static bool is_date(struct str text)
{
    static const int days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    int year, month, day;
    if (text.len != 10 || text.at[4] != '-' || text.at[7] != '-' || !digits_at(text, 0, 4, &year)
        || !digits_at(text, 5, 2, &month) || !digits_at(text, 8, 2, &day))
        return false;
    if (year < 1900 || year > 2199 || month < 1 || month > 12 || day < 1)
        return false;
    bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
    return day <= days[month - 1] + (month == 2 && leap);
}

/* Whether the text is a date-time of RFC 3339: with Z or an offset, with at most six digits
 * after the second, and no leap second. An offset may lack its colon: generated clients for Python
 * send it so. */
static bool is_instant(struct str text)
{
    int hour, minute, second, zone_hour = 0, zone_minute = 0;
    if (text.len < 20 || !is_date((struct str){text.at, 10}) || text.at[10] != 'T'
        || text.at[13] != ':' || text.at[16] != ':' || !digits_at(text, 11, 2, &hour)
        || !digits_at(text, 14, 2, &minute) || !digits_at(text, 17, 2, &second) || hour > 23
        || minute > 59 || second > 59)
        return false;
    size_t at = 19;
    if (text.at[at] == '.') {
        size_t from = ++at;
        while (at < text.len && text.at[at] >= '0' && text.at[at] <= '9')
            at++;
        if (at == from || at - from > 6)
            return false;
    }
    struct str zone = str_from(text, at);
    if (str_equal(zone, S("Z")))
        return true;
    bool colon = zone.len == 6 && zone.at[3] == ':';
    return (colon || zone.len == 5) && (zone.at[0] == '+' || zone.at[0] == '-')
           && digits_at(zone, 1, 2, &zone_hour) && digits_at(zone, colon ? 4 : 3, 2, &zone_minute)
           && zone_hour <= 14 && zone_minute <= 59;
}

static bool is_in(const char *const *values, struct str text)
{
    for (; *values; values++)
        if (str_equal(str_of(*values), text))
            return true;
    return false;
}

static struct str join(struct arena *arena, const char *const *values)
{
    struct buf buf = buf_in(arena);
    for (size_t i = 0; values[i]; i++) {
        if (i)
            buf_add(&buf, S(", "));
        buf_add(&buf, str_of(values[i]));
    }
    return buf_str(&buf);
}

static struct str print_range(struct arena *arena, int64_t least, int64_t most)
{
    return arena_print(arena, "%lld..%lld", (long long)least, (long long)most);
}

enum err check_int(struct ctx *ctx, const struct field *field, int64_t value,
                   const struct place *place)
{
    bool item = field->type == FIELD_LIST;
    int64_t least = item ? field->item_min : field->min, most = item ? field->item_max : field->max;
    if (value >= least && value <= most)
        return OK;
    return place_fault(ctx, place, FAULT_RANGE, print_range(ctx->arena, least, most));
}

/* A text of which the contract gives its format. */
static enum err check_format(struct ctx *ctx, const struct field *field, struct str *text,
                             const struct place *place)
{
    if ((field->flags & FIELD_EMAIL) && !email_is_address(*text))
        return place_fault(ctx, place, FAULT_FORMAT, S("email"));
    if ((field->flags & FIELD_PHONE) && !phone_read(ctx->arena, *text, text))
        return place_fault(ctx, place, FAULT_FORMAT, S("phone"));
    return OK;
}

/* Length, pattern and format of a text in its normal form. */
static enum err check_normal(struct ctx *ctx, const struct field *field, struct str *text,
                             const struct place *place)
{
    bool item = field->type == FIELD_LIST;
    int64_t least = item ? 1 : field->min, most = item ? field->item_max : field->max;
    int64_t length = (int64_t)utf8_count(*text);
    if (length < least || length > most)
        return place_fault(ctx, place, FAULT_LENGTH, print_range(ctx->arena, least, most));
    if (field->pattern && !fits_pattern(field->pattern, *text))
        return place_fault(ctx, place, FAULT_PATTERN, (struct str){0});
    return check_format(ctx, field, text, place);
}

/* A text of which the contract gives values, or length and pattern. What has values or a pattern is a code: it
 * is taken as it was written. */
static enum err check_free(struct ctx *ctx, const struct field *field, struct str *text,
                           const struct place *place)
{
    struct str normal = *text;
    enum text_form form = field->flags & FIELD_MULTILINE ? TEXT_LINES : TEXT_LINE;
    enum text_fault fault = text_normalise(ctx->arena, *text, form, &normal);
    if (fault == TEXT_CHARACTERS)
        return place_fault(ctx, place, FAULT_CHARACTERS, (struct str){0});
    if (field->values)
        return is_in(field->values, *text)
                   ? OK
                   : place_fault(ctx, place, FAULT_ENUM, join(ctx->arena, field->values));
    if (field->pattern)
        return check_normal(ctx, field, text, place);
    if (fault == TEXT_BLANK)
        return place_fault(ctx, place, FAULT_BLANK, (struct str){0});
    *text = normal;
    return check_normal(ctx, field, text, place);
}

static bool is_uuid(struct str text)
{
    struct uuid id;
    return uuid_read(text, &id);
}

static bool is_bool(struct str text)
{
    return str_equal(text, S("true")) || str_equal(text, S("false"));
}

/* The types whose texts have one form. */
static const struct form {
    bool (*fits)(struct str text);
    enum fault_code code;
    const char *limit;
} forms[] = {
    [FIELD_UUID] = {is_uuid, FAULT_FORMAT, "uuid"},
    [FIELD_DATE] = {is_date, FAULT_FORMAT, "date"},
    [FIELD_INSTANT] = {is_instant, FAULT_FORMAT, "date-time"},
    [FIELD_BOOL] = {is_bool, FAULT_TYPE, "boolean"},
};

/* Whether a living person can be born on this day. Dates are ISO texts, which sort as days do. */
static enum err check_birth(struct ctx *ctx, struct str day, const struct place *place)
{
    char today[sizeof "yyyy-mm-dd"], first[sizeof today];
    time_t now = (time_t)(ctx->now_us / 1000000);
    struct tm parts;
    gmtime_r(&now, &parts);
    strftime(today, sizeof today, "%Y-%m-%d", &parts);
    parts.tm_year -= LIFE_YEARS;
    strftime(first, sizeof first, "%Y-%m-%d", &parts);
    if (str_compare(day, str_of(first)) >= 0 && str_compare(day, str_of(today)) <= 0)
        return OK;
    return place_fault(ctx, place, FAULT_FORMAT, S("birth-date"));
}

enum err check_text(struct ctx *ctx, const struct field *field, enum field_type type,
                    struct str *text, const struct place *place)
{
    int64_t number;
    if (type == FIELD_INT)
        return str_to_int(*text, &number) ? check_int(ctx, field, number, place)
                                          : place_fault(ctx, place, FAULT_TYPE, S("integer"));
    if ((size_t)type >= sizeof forms / sizeof *forms || !forms[type].fits)
        return check_free(ctx, field, text, place);
    if (!forms[type].fits(*text))
        return place_fault(ctx, place, forms[type].code, str_of(forms[type].limit));
    return field->flags & FIELD_BIRTH ? check_birth(ctx, *text, place) : OK;
}

enum err check_key(struct ctx *ctx, struct str value, const struct place *place, struct str *ret)
{
    struct str key = str_trim(value);
    if (key.len > 1 && key.at[0] == '"' && key.at[key.len - 1] == '"')
        key = (struct str){key.at + 1, key.len - 2};
    for (size_t i = 0; i < key.len; i++)
        if (key.at[i] <= ' ' || key.at[i] > '~' || strchr("\",\\", key.at[i]))
            return place_fault(ctx, place, FAULT_CHARACTERS, (struct str){0});
    if (key.len < KEY_LEAST || key.len > LIMIT_KEY)
        return place_fault(ctx, place, FAULT_LENGTH, print_range(ctx->arena, KEY_LEAST, LIMIT_KEY));
    *ret = key;
    return OK;
}
